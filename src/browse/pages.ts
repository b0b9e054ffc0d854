import type { Endpoint } from '../rest/endpoint.ts'
import { type Html, html, type Part } from './html.ts'
import { at, Digits, type Json } from './json.ts'
import { destination, type Here } from './links.ts'
import type { Places } from './places.ts'

export type Listed = {
  endpoint: Endpoint
  places: Places
  answer: Json | undefined
  headers: Readonly<Record<string, string>>
  given: URLSearchParams
  here: Here
}

const LINK = /<([^>]+)>;\s*rel="next"/

const address = (text: Json | undefined, here: Here): string | undefined =>
  typeof text === 'string' ? destination(text, here)?.href : undefined

/** The next page, in whichever way the dialect names it: an address, a header, or a cursor. */
function nextOf({ places, answer, headers, given, here }: Listed): string | undefined {
  const named = LINK.exec(headers.link ?? '')?.[1] ?? at(answer, ['next'])
  const cursor = places.cursor && at(answer, places.cursor)
  if (typeof cursor !== 'string') return address(named, here)
  const next = new URLSearchParams(given)
  next.set('cursor', cursor)
  return `${here.path}?${next}`
}

const isPaged = ({ dialect }: Endpoint) => dialect.paging.style === 'page'

function counted(listed: Listed, rows: number): string {
  const { endpoint, places, answer, given } = listed
  const total = places.total && at(answer, places.total)
  const all = total instanceof Digits ? Number(total.text) : undefined
  if (all === undefined) return `${rows} ${rows === 1 ? 'row' : 'rows'}`
  if (!isPaged(endpoint) || rows === 0) return `${rows} of ${all} ${all === 1 ? 'row' : 'rows'}`
  const { limit, max } = endpoint.dialect.paging
  const size = Math.min(Number(given.get('page_size')) || limit, max)
  const first = (Number(given.get('page') || 1) - 1) * size + 1
  return `${first} to ${first + rows - 1} of ${all}`
}

const step = (href: string | undefined, rel: 'prev' | 'next', text: string): Html =>
  href ? html`<a class="button" rel="${rel}" href="${href}">${text}</a>` : html`<span class="button off">${text}</span>`

/** How many rows there are, and the way to the pages before and after. */
export function pagesHtml(listed: Listed): Part {
  const { endpoint, places, answer, given, here } = listed
  const rows = at(answer, places.value)
  if (!Array.isArray(rows)) return undefined
  const previous = address(at(answer, ['previous']), here)
  const first = given.has('cursor') ? here.path : undefined
  const next = nextOf(listed)
  const back = isPaged(endpoint) ? step(previous, 'prev', 'Previous') : first && step(first, 'prev', 'First page')
  return html`<nav class="pages" aria-label="Pages"><p>${counted(listed, rows.length)}</p>${back} ${step(next, 'next', 'Next')}</nav>
`
}
