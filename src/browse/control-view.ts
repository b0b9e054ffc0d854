import type { Control } from './control.ts'
import { attributes, described, type Html, html, type Part } from './html.ts'
import { words } from './words.ts'

export type Filled = {
  control: Control
  /** Unique in the page. */
  id: string
  value: string
  errors: readonly string[]
  /** What an empty choice is called. */
  nothing: string
  /** Said below the label beside the control's own description. */
  note?: string | undefined
  /** What stands below it. */
  below?: Part
}

type Attributes = Parameters<typeof attributes>[0]

const isLong = (value: string) => value.length > 80 || value.includes('\n')

function select({ control: { choices, required }, nothing, value }: Filled, shared: Attributes): Html {
  const all = value === '' || choices.includes(value) ? choices : [...choices, value]
  const option = (choice: string) =>
    html`<option${attributes({ value: choice, selected: choice === value })}>${choice}</option>`
  return html`<select${attributes(shared)}><option value="">${required ? 'choose' : nothing}</option>${all.map(option)}</select>`
}

const FEWEST_LINES = 2
const MOST_LINES = 12

const linesOf = ({ value }: Filled): number => Math.min(Math.max(value.split('\n').length, FEWEST_LINES), MOST_LINES)

/** A browser drops the first line break in a text area. */
const area = ({ value }: Filled, rows: number, shared: Attributes): Html =>
  html`<textarea${attributes({ ...shared, rows })}>${`\n${value}`}</textarea>`

function line({ control: { suggestions }, id, value }: Filled, shared: Attributes, more: Attributes = {}): Part {
  const list = suggestions.length > 0 ? `${id}-list` : undefined
  const options = suggestions.map((each) => html`<option value="${each}"></option>`)
  return [
    html`<input${attributes({ type: 'text', ...shared, value, list, ...more })}>`,
    list && html`<datalist id="${list}">${options}</datalist>`,
  ]
}

function box(filled: Filled, shared: Attributes): Part {
  switch (filled.control.kind) {
    case 'choice':
      return select(filled, shared)
    case 'json':
      return area(filled, linesOf(filled), { ...shared, class: 'code' })
    case 'text':
      return area(filled, 4, shared)
    case 'date':
      return line(filled, shared, { type: 'date' })
    case 'number':
      return line(filled, shared, { inputmode: 'decimal' })
    case 'secret':
      return line({ ...filled, value: '' }, shared, { type: 'password', autocomplete: 'new-password' })
    case 'file':
      return html`<input${attributes({ ...shared, type: 'file' })}>`
    default:
      return isLong(filled.value) ? area(filled, 3, shared) : line(filled, shared)
  }
}

/** One field: its label, what it means, what is wrong with it, and where it is typed. */
export function controlHtml(filled: Filled): Html {
  const { control, id, errors, note } = filled
  const { name, required, description, form } = control
  const hints = [description, form, note].filter((each) => each !== undefined)
  const about = [hints.length > 0 && `${id}-hint`, errors.length > 0 && `${id}-error`].filter(Boolean).join(' ')
  const shared = {
    ...{ id, name, required, autocomplete: 'off', spellcheck: control.kind === 'text' ? undefined : 'false' },
    ...(about && { 'aria-describedby': about }),
    ...(errors.length > 0 && { 'aria-invalid': 'true' }),
  }
  return html`<div class="field${errors.length > 0 && ' wrong'}">
<label for="${id}">${words(name)}${required && html` <span class="required">required</span>`}</label>
${hints.length > 0 && html`<p class="hint" id="${id}-hint">${hints.map((hint, i) => [i > 0 && ' ', described(hint)])}</p>`}
${errors.length > 0 && html`<p class="error" id="${id}-error">${errors.map((error) => html`<span>${error}</span> `)}</p>`}
${box(filled, shared)}
${filled.below}
</div>
`
}
