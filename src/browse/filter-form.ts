import type { Endpoint } from '../rest/endpoint.ts'
import { type Control, filterControls } from './control.ts'
import { controlHtml } from './control-view.ts'
import type { Errors } from './errors.ts'
import { type Html, html, type Part } from './html.ts'

const FIRST = ['search', 'ordering', 'page_size', 'limit']
const FEW = 4

export const filterId = (name: string): string => `filter-${name}`

type Filters = { endpoint: Endpoint; path: string; given: URLSearchParams; errors: Errors }

function controlIn(control: Control, { endpoint, given, errors }: Filters): Html {
  const value = given.getAll(control.name).at(-1) ?? ''
  const wrong = errors[control.name] ?? []
  const nothing = endpoint.list ? 'any' : 'not given'
  return controlHtml({ control, id: filterId(control.name), value, errors: wrong, nothing })
}

/** Filters that nobody uses at present stand aside. */
function asideOf(controls: readonly Control[], filters: Filters): Part {
  if (controls.length === 0) return undefined
  const inUse = controls.filter(({ name }) => filters.given.has(name) || filters.errors[name])
  return html`<details class="more"${inUse.length > 0 && html` open`}><summary>More filters (${controls.length})</summary>
<div class="grid">${controls.map((control) => controlIn(control, filters))}</div>
</details>`
}

/** The parameters of a route as a form: filters of a list, or what a single answer may be asked. */
export function filterForm(filters: Filters): Part {
  const { endpoint, path, given } = filters
  const controls = filterControls(endpoint, given)
  if (controls.length === 0) return undefined
  const isFirst = ({ name }: Control) => controls.length <= FEW || FIRST.includes(name)
  const first = controls.filter(isFirst).toSorted((a, b) => FIRST.indexOf(a.name) - FIRST.indexOf(b.name))
  const title = endpoint.list ? 'Search and filter' : 'Parameters'
  return html`<section id="filters" aria-labelledby="filters-title">
<h2 id="filters-title">${title}</h2>
<form method="get" action="${path}" class="filters" novalidate>
<div class="grid">${first.map((control) => controlIn(control, filters))}</div>
${asideOf(
  controls.filter((control) => !isFirst(control)),
  filters,
)}
<div class="buttons"><button>${endpoint.list ? 'Apply' : 'Ask'}</button>${given.size > 0 && html` <a class="button quiet" href="${path}">Reset</a>`}</div>
</form>
</section>
`
}
