import { type GraphQLOutputType, isLeafType, isListType, isNonNullType } from 'graphql'
import type { Endpoint } from '../rest/endpoint.ts'
import type { View, ViewField } from '../rest/view.ts'
import { attributes, type Html, html, type Part } from './html.ts'
import { isObject, type Json, type JsonObject, plain } from './json.ts'
import type { Here, Links } from './links.ts'
import { words } from './words.ts'

const MOST_COLUMNS = 8
const LONG_TEXT = /(^|_)(notes|description|body|content)$/i
const LONGEST = 60

function isCell(type: GraphQLOutputType): boolean {
  if (isNonNullType(type)) return isCell(type.ofType)
  return !isListType(type) && isLeafType(type) && type.name !== 'JSON'
}

const columnsOf = (view: View): ViewField[] =>
  view.filter(({ type, to }) => isCell(type) && !LONG_TEXT.test(to)).slice(0, MOST_COLUMNS)

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()}…` : text)

export type Ordering = { path: string; given: URLSearchParams; by: readonly string[] }

const STATES: Record<string, 'ascending' | 'descending'> = { '': 'ascending', '-': 'descending' }

/** The head of a column that rows can be ordered by leads to that order, and back. */
function head({ to }: ViewField, { path, given, by }: Ordering): Html {
  const [, minus = '', now] = /^(-?)(.*)$/.exec(given.get('ordering') ?? '') ?? []
  if (!by.includes(to)) return html`<th scope="col">${words(to)}</th>`
  const next = new URLSearchParams(given)
  next.delete('page')
  next.set('ordering', now === to && minus === '' ? `-${to}` : to)
  const sorted = now === to ? STATES[minus] : undefined
  return html`<th scope="col"${attributes({ 'aria-sort': sorted })}><a href="${path}?${next.toString()}">${words(to)}</a></th>`
}

export type Rows = { endpoint: Endpoint; rows: Json; links: Links; here: Here; ordering: Ordering; title: string }

function cell({ to, field }: ViewField, row: JsonObject, { endpoint, links, here }: Rows): Html {
  const text = plain(row[to])
  const type = endpoint.list!.node.name
  const href = to === 'id' ? links.ofType(type, text, here) : text && links.ofReference(field.name, text, here)
  const shown = html`<bdi>${shortened(text)}</bdi>`
  const content = href ? html`<a href="${href}">${shown}</a>` : shown
  return to === 'id' ? html`<th scope="row">${content}</th>` : html`<td>${content}</td>`
}

/** The rows of a list with what fits into a line of each. */
export function tableHtml(list: Rows): Part {
  const { endpoint, rows, ordering, title } = list
  const columns = columnsOf(endpoint.view ?? [])
  if (!Array.isArray(rows) || columns.length === 0) return undefined
  if (rows.length === 0) return html`<p class="nothing">No rows match.</p>`
  const lines = rows.filter((row: Json) => isObject(row)) as unknown as JsonObject[]
  return html`<div class="scroll" role="region" aria-label="${title}, as a table" tabindex="0">
<table>
<thead><tr>${columns.map((column) => head(column, ordering))}</tr></thead>
<tbody>${lines.map((row) => html`<tr>${columns.map((column) => cell(column, row, list))}</tr>\n`)}</tbody>
</table>
</div>
`
}
