import type { Permission } from '../core/permissions.ts'
import type { Endpoint } from '../rest/endpoint.ts'
import type { Refused } from '../rest/refusal.ts'
import { namedType } from '../rest/view.ts'
import { answerHtml, type Request, type Told } from './answer-view.ts'
import { changeForms, changesOf, fieldIds, titleOf } from './change-forms.ts'
import { filterControls } from './control.ts'
import { errorsOf, problemsHtml, problemsOf } from './errors.ts'
import { filterForm, filterId } from './filter-form.ts'
import { described, html, type Part } from './html.ts'
import { at, isObject, type Json, readJson } from './json.ts'
import { keysHtml } from './keys-view.ts'
import { page, type Viewer } from './layout.ts'
import type { Here, Links } from './links.ts'
import { pagesHtml } from './pages.ts'
import { anyOf, below, crumbsOf, type Find, methodsOf, nameOf, siblingsAt } from './place.ts'
import { placesOf } from './places.ts'
import { signInForm } from './sign-in-form.ts'
import type { Submission } from './submission.ts'
import { tableHtml } from './table.ts'

/** What every page knows of the API. */
export type Site = { endpoints: readonly Endpoint[]; find: Find; links: Links }

export type Resource = {
  request: Request
  path: string
  told: Told
  refused: Refused | undefined
  viewer: Viewer
  permissions: ReadonlySet<Permission>
  typed: Submission | undefined
  once: string
  /** What was done just before. */
  notice: string | undefined
  /** What to try where the browser came from elsewhere, and left its session at home. */
  isForeign: boolean
}

/** All that the parts of the page are made from. */
function seen(site: Site, resource: Resource) {
  const { request, path, told } = resource
  const siblings = siblingsAt(path, site.find)
  const endpoint = siblings.GET ?? anyOf(siblings)
  const asked = siblings[request.method as 'GET'] ?? endpoint
  const answer = readJson(told.body)
  const places = asked && told.status < 400 ? placesOf(asked) : undefined
  const value: Json | undefined = places && at(answer, places.value)
  const given = new URLSearchParams(request.url.split('?')[1] ?? '')
  const here: Here = { dialect: asked?.dialect.name ?? 'clientst0r', path, publicBase: request.publicBase }
  return { ...{ ...site, ...resource, siblings, endpoint, asked, answer, places, value, given, here } }
}

type Seen = ReturnType<typeof seen>

const NAMES = ['name', 'title', 'number', 'label', 'slug']

/** What people call the row, where it has such a name. */
function calledOf({ value, asked }: Seen): string | undefined {
  if (!isObject(value) || asked?.list) return undefined
  const name = NAMES.map((key) => value[key]).find((each) => typeof each === 'string' && each !== '')
  return name as string | undefined
}

function typeOf(asked: Endpoint | undefined): string {
  if (!asked) return ''
  return asked.list ? asked.list.node.name : namedType(asked.field.type).name
}

const isReading = ({ request }: Seen) => request.method === 'GET'

function problems(shown: Seen): Part {
  const { refused, told, siblings, endpoint, typed, given } = shown
  if (!refused || told.status === 401) return undefined
  const change = changesOf(siblings).find(({ methods }) => typed && methods.includes(typed.method))
  const filters = endpoint && isReading(shown) ? filterControls(endpoint, given) : []
  const ids = change && !typed?.json ? fieldIds(change) : filters.map(({ name }) => [name, filterId(name)] as const)
  return problemsHtml(TITLES[told.status] ?? 'That did not work', problemsOf(refused, new Map(ids)))
}

const TITLES: Record<number, string> = {
  400: 'Something is not right yet',
  403: 'That is not permitted',
  404: 'There is nothing here',
  409: 'That contradicts what is there',
  412: 'It has changed meanwhile. Sending it again changes it all the same',
  429: 'Too many requests',
  503: 'Something is away for the moment',
}

function signIn({ viewer, told, request, isForeign, path }: Seen): Part {
  if (viewer.caller || told.status !== 401) return undefined
  const next = request.method === 'GET' ? request.url : path
  return html`<section class="box" aria-labelledby="sign-in-title">
<h2 id="sign-in-title">Sign in to see this</h2>
${isForeign && html`<p>You came from another site. If you are signed in already, <a href="${next}">open this page again</a>.</p>`}
${signInForm(viewer, next)}
</section>
`
}

function rows(shown: Seen): Part {
  const { asked, places, value, path, given, links, here, told, answer } = shown
  if (!asked?.list || !places || value === undefined) return undefined
  const by = asked.parameters.find(({ name }) => name === 'ordering')?.suggestions ?? []
  const pages = pagesHtml({ endpoint: asked, places, answer, headers: told.headers, given, here })
  const title = nameOf(path, asked)
  return html`<section id="rows" aria-label="Rows">
${pages}${tableHtml({ endpoint: asked, rows: value, links, here, ordering: { path, given, by }, title })}
</section>
`
}

function forms(shown: Seen): Part {
  const { siblings, path, viewer, permissions, value, told, typed, once, refused, asked } = shown
  if (!viewer.caller) return undefined
  const etag = told.status === 412 ? undefined : (typed?.etag ?? told.headers.etag)
  const row = isObject(value) && !asked?.list ? value : undefined
  return changeForms({
    ...{ siblings, path, viewer, permissions, row, once, typed, etag },
    ...{ view: asked?.view, errors: errorsOf(refused) },
  })
}

function jumps(shown: Seen): Part {
  const { viewer, siblings, typed } = shown
  if (!viewer.caller || typed) return undefined
  const links = changesOf(siblings).map((change) => html`<li><a href="#${change.id}">${titleOf(change)}</a></li>`)
  if (links.length === 0) return undefined
  return html`<nav class="jump" aria-label="On this page"><ul><li><a href="#answer">Answer</a></li>${links}</ul></nav>
`
}

function related({ endpoint, path, endpoints }: Seen): Part {
  const paths = endpoint ? below(endpoint, path, endpoints) : []
  if (paths.length === 0) return undefined
  const item = ({ text, href }: (typeof paths)[number]) => html`<li><a href="${href!}">${text}</a></li>`
  return html`<nav class="jump" aria-label="Below this"><ul>${paths.map(item)}</ul></nav>
`
}

function head(shown: Seen, name: string): Part {
  const { endpoint, notice, siblings, path } = shown
  const called = calledOf(shown)
  return html`${notice && html`<p class="notice" role="status">${notice}</p>`}
${problems(shown)}
<h1>${name}${called && html` <span class="called"><bdi>${called}</bdi></span>`}</h1>
${
  endpoint &&
  html`<p class="path"><code>${path}</code> ${methodsOf(siblings).map((method) => html`<span class="method">${method}</span> `)}</p>
<p class="about">${described(endpoint.field.description ?? '')}</p>`
}
${jumps(shown)}${related(shown)}
`
}

function answer(shown: Seen): Part {
  const { told, request, asked, places, links, here, typed, path, endpoint } = shown
  const json = { path: places?.value ?? [], type: typeOf(asked), view: asked?.view, links, here }
  const back = typed && html`<p><a href="${path}">Back to ${nameOf(path, endpoint)}</a></p>`
  return html`${answerHtml(told, request, json)}${back}${keysHtml(asked?.view, asked?.dialect)}`
}

/** A path of the REST API as a page: what it is, what it answered, and what else can be done there. */
export function resourcePage(site: Site, resource: Resource): string {
  const shown = seen(site, resource)
  const { endpoint, path, given, request, refused, viewer, told } = shown
  const name = endpoint ? nameOf(path, endpoint) : 'Nothing here'
  const filters = viewer.caller && isReading(shown) && endpoint?.method === 'GET'
  const main = html`${head(shown, name)}${signIn(shown)}
${filters && filterForm({ endpoint, path, given, errors: errorsOf(refused) })}
${rows(shown)}
<div class="columns">
<div>${answer(shown)}</div>
<div>${forms(shown)}</div>
</div>
`
  const failed = refused && told.status !== 401 ? 'Error: ' : ''
  return page({
    ...{ title: `${failed}${name}`, viewer, main, crumbs: crumbsOf(path, site.find) },
    address: isReading(shown) ? request.url : path,
  })
}
