import type { Permission } from '../core/permissions.ts'
import type { RestMethod } from '../core/rest.ts'
import type { Endpoint } from '../rest/endpoint.ts'
import type { Siblings } from '../rest/match.ts'
import type { View } from '../rest/view.ts'
import { bodyFields, type Field } from './control.ts'
import { controlHtml } from './control-view.ts'
import { currentText, inOrder } from './current.ts'
import type { Errors } from './errors.ts'
import { attributes, described, type Html, html, type Part } from './html.ts'
import type { JsonObject } from './json.ts'
import { tokenInput, type Viewer } from './layout.ts'
import { SENT, type Submission } from './submission.ts'
import { words } from './words.ts'

export type Changes = {
  siblings: Siblings
  path: string
  viewer: Viewer
  permissions: ReadonlySet<Permission>
  /** The row as it is now, and how its answer shows it. */
  row: JsonObject | undefined
  view: View | undefined
  etag: string | undefined
  /** Makes a POST of this page happen once, however often it is sent. */
  once: string
  /** What came back: the form as it was sent, and what was wrong with it. */
  typed: Submission | undefined
  errors: Errors
}

/** One form: a change that may go by more than one method. */
type Change = { id: string; endpoint: Endpoint; methods: readonly RestMethod[] }

const BUTTONS: Record<string, string> = { PATCH: 'Save changes', PUT: 'Save all' }

/** PUT and PATCH are one form with two buttons: the first sends what was changed, the other everything. */
export function changesOf({ POST, PATCH, PUT, DELETE }: Siblings): Change[] {
  const edits = [PATCH, PUT].filter((each) => each !== undefined)
  return [
    ...(edits[0] ? [{ id: 'change', endpoint: edits[0], methods: edits.map(({ method }) => method) }] : []),
    ...(POST ? [{ id: 'create', endpoint: POST, methods: ['POST'] as const }] : []),
    ...(DELETE ? [{ id: 'delete', endpoint: DELETE, methods: ['DELETE'] as const }] : []),
  ]
}

export const titleOf = ({ endpoint: { field } }: Change): string => words(field.name)

const isEdit = ({ id }: Change) => id === 'change'

/** The ids of a change's fields in the page, for links that lead to them. */
export const fieldIds = (change: Change): Map<string, string> =>
  new Map(bodyFields(change.endpoint).map(({ name }) => [name, `${change.id}-${name}`]))

export const needOf = ({ field }: Endpoint): Permission | undefined =>
  (field.extensions.authScopes as { can?: Permission } | undefined)?.can

const hidden = (name: string, value: string): Html => html`<input type="hidden" name="${name}" value="${value}">`

const guards = (change: Change, { viewer, etag, once }: Changes): Part => [
  tokenInput(viewer),
  etag !== undefined && change.id !== 'create' && hidden(SENT.etag, etag),
  change.id === 'create' && hidden(SENT.once, once),
]

const button = (method: RestMethod, text: string, look?: string): Html =>
  html`<button${attributes({ name: SENT.method, value: method, class: look })}>${text} <span class="method">${method}</span></button>`

const buttons = ({ methods, endpoint }: Change): Html =>
  html`<div class="buttons">${methods.map((method, i) => [button(method, BUTTONS[method] ?? words(endpoint.field.name), i > 0 ? 'quiet' : undefined), ' '])}</div>`

const typedIn = ({ methods }: Change, { typed }: Changes): Submission | undefined =>
  typed && methods.includes(typed.method) ? typed : undefined

const clearBox = ({ name }: Field, id: string, cleared: boolean): Html =>
  html`<div class="clear"><input type="checkbox" id="${id}" name="${SENT.clear}" value="${name}"${cleared && html` checked`}><label for="${id}">Clear ${words(name)}</label></div>
`

/** Secrets are in no page, neither those that are stored nor those that were typed. */
function noteOn({ kind }: Field, editing: boolean, again: boolean): string | undefined {
  if (kind !== 'secret') return undefined
  if (again) return 'Type it again: it is not shown.'
  return editing ? 'Left empty, it stays as it is.' : undefined
}

function fieldHtml(field: Field, change: Change, changes: Changes, now: string | undefined): Html {
  const typed = typedIn(change, changes)
  const { name } = field
  const id = `${change.id}-${name}`
  const text = typed?.fields.get(name)
  const isHidden = isEdit(change) && now === undefined && !typed?.was.has(name)
  const mayClear = isHidden && field.kind !== 'choice' && field.kind !== 'file'
  return controlHtml({
    ...{ control: field, id, nothing: 'nothing', note: noteOn(field, isEdit(change), Boolean(text)) },
    value: text ?? now ?? '',
    errors: typed ? (changes.errors[name] ?? []) : [],
    below: mayClear && clearBox(field, `${id}-clear`, typed?.cleared.has(name) === true),
  })
}

const wasInput = (values: Iterable<readonly [string, string | undefined]>): Html =>
  hidden(SENT.was, JSON.stringify(Object.fromEntries([...values].filter(([, text]) => text !== undefined))))

function formHtml(change: Change, changes: Changes): Html {
  const { path, row, view } = changes
  const fields = inOrder(bodyFields(change.endpoint), change.endpoint.view)
  const now = new Map(fields.map((field) => [field.name, isEdit(change) ? currentText(field, row, view) : undefined]))
  const upload = change.endpoint.route.multipart && html` enctype="multipart/form-data"`
  return html`<form method="post" action="${path}"${upload} class="fields" novalidate>
${guards(change, changes)}
${isEdit(change) && wasInput(typedIn(change, changes)?.was ?? now)}
<div class="grid">${fields.map((field) => fieldHtml(field, change, changes, now.get(field.name)))}</div>
${buttons(change)}
</form>
`
}

/** The same by hand: what a form cannot say, JSON can. */
function jsonForm(change: Change, changes: Changes): Html {
  const typed = typedIn(change, changes)?.json
  const id = `${change.id}-json`
  return html`<details class="by-hand"${typed !== undefined && html` open`}><summary>${titleOf(change)} with JSON</summary>
<form method="post" action="${changes.path}" novalidate>
${guards(change, changes)}
<div class="field"><label for="${id}">Body</label>
<textarea id="${id}" name="${SENT.json}" rows="8" class="code" spellcheck="false" autocomplete="off">${`\n${typed ?? '{\n  \n}'}`}</textarea></div>
${buttons(change)}
</form>
</details>
`
}

const deletion = (change: Change, changes: Changes): Html =>
  html`<details class="danger"><summary>${titleOf(change)}…</summary>
<form method="post" action="${changes.path}">
<p>There is no way back.</p>
${guards(change, changes)}
<div class="buttons">${button('DELETE', 'Yes, delete it', 'danger')}</div>
</form>
</details>
`

function inside(change: Change, changes: Changes): Part {
  const need = needOf(change.endpoint)
  if (need !== undefined && !changes.permissions.has(need))
    return html`<p class="lack">This key may not do that: it lacks <code>${need}</code>.</p>`
  if (change.id === 'delete') return deletion(change, changes)
  const { body, route } = change.endpoint
  const isByHand = typedIn(change, changes)?.json !== undefined
  return [!isByHand && formHtml(change, changes), body !== undefined && !route.multipart && jsonForm(change, changes)]
}

/** Everything that can be done at a path beside reading it; of a change that failed, that one. */
export const changeForms = (changes: Changes): Part =>
  changesOf(changes.siblings)
    .filter((change) => !changes.typed || typedIn(change, changes))
    .map(
      (change) => html`<section id="${change.id}" aria-labelledby="${change.id}-title">
<h2 id="${change.id}-title">${titleOf(change)}</h2>
<p class="about">${described(change.endpoint.field.description ?? '')}</p>
${inside(change, changes)}
</section>
`,
    )
