import type { Permission } from '../core/permissions.ts'
import type { DialectName } from '../core/rest.ts'
import { DIALECTS } from '../rest/dialects/all.ts'
import type { Endpoint } from '../rest/endpoint.ts'
import { lastSegment } from '../rest/list.ts'
import { answerHtml, type Request, type Told } from './answer-view.ts'
import { needOf } from './change-forms.ts'
import { type Html, html, type Part } from './html.ts'
import { page, type Viewer } from './layout.ts'
import { INDEX } from './paths.ts'
import type { Site } from './resource-page.ts'
import { capitalised, sentence, words } from './words.ts'

export type Index = {
  request: Request
  told: Told
  viewer: Viewer
  permissions: ReadonlySet<Permission>
  notice: string | undefined
}

type Resource = { path: string; read: Endpoint | undefined; methods: readonly string[] }

/** What can be gone to without an id, in the order of the documents. */
function resourcesOf(endpoints: readonly Endpoint[], name: DialectName): Resource[] {
  const own = endpoints.filter(({ dialect, path }) => dialect.name === name && !path.includes(':'))
  return [...Map.groupBy(own, ({ path }) => path)].map(([path, of]) => ({
    path,
    read: of.find(({ method }) => method === 'GET'),
    methods: of.map(({ method }) => method),
  }))
}

function resource({ path, read, methods }: Resource, of: readonly Endpoint[], { viewer, permissions }: Index): Html {
  const need = read && needOf(read)
  const lacks = viewer.caller && need !== undefined && !permissions.has(need)
  const description = (read ?? of.find((each) => each.path === path))?.field.description ?? ''
  return html`<li${lacks && html` class="lacking"`}>
<h3><a href="${path}">${words(lastSegment(path))}</a></h3>
<p class="path"><code>${path}</code> ${methods.map((method) => html`<span class="method">${method}</span> `)}</p>
<p>${sentence(description)}${lacks && html` <span class="lack">This key lacks <code>${need}</code>.</span>`}</p>
</li>
`
}

/** The owner of this very path comes first. */
const ORDER: readonly DialectName[] = ['clientst0r', 'devsphere', 'dashboard', 'baserdb']

function group(name: DialectName, { endpoints }: Site, index: Index): Part {
  const { title, description } = DIALECTS[name]
  const resources = resourcesOf(endpoints, name)
  if (resources.length === 0) return undefined
  return html`<section aria-labelledby="${name}-title">
<h2 id="${name}-title">${capitalised(title.replace(/^Opsgraph: /, ''))}</h2>
<p class="about">${description}</p>
<ul class="resources">
${resources.map((each) => resource(each, endpoints, index))}
</ul>
</section>
`
}

const WELCOME = 'Every resource of the REST APIs, to read and to try. What you see is what a program is answered.'

/** `/api/` as a page. */
export function indexPage(site: Site, index: Index): string {
  const { request, told, viewer, notice } = index
  const here = { dialect: 'clientst0r', path: INDEX, publicBase: request.publicBase } as const
  const main = html`${notice && html`<p class="notice" role="status">${notice}</p>`}
<h1>All resources</h1>
<p class="about">${WELCOME}</p>
${ORDER.map((name) => group(name, site, index))}
${answerHtml(told, request, { path: [], type: '', view: undefined, links: site.links, here })}
`
  return page({ title: 'All resources', crumbs: [{ text: 'All resources' }], viewer, address: INDEX, main })
}
