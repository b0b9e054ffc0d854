import { namedType, type View, type ViewField } from '../rest/view.ts'
import { type Html, html, type Part } from './html.ts'
import { Digits, isObject, type Json, type JsonObject, type Path } from './json.ts'
import { destination, type Here, type Links } from './links.ts'

/** What is known of a value on its way to the page: the type it shows, and its keys. */
type Known = { type: string; view: View | undefined }

export type JsonShown = Known & { value: Json; path: Path; links: Links; here: Here }

const INDENT = '  '

const link = (href: string, content: Part): Html => html`<a href="${href}">${content}</a>`

/** Writes one answer: indented, coloured by class, and with links where an id or an address leads somewhere. */
class Writer {
  readonly #links: Links
  readonly #here: Here

  constructor(links: Links, here: Here) {
    this.#links = links
    this.#here = here
  }

  /** `path` is what is still to go to the value that `known` speaks of. */
  value(value: Json, path: Path, known: Known | undefined, indent: string): Part {
    if (Array.isArray(value)) return this.#list(value, known, indent)
    if (isObject(value)) return this.#object(value, path, known, indent)
    return this.#leaf(value as null | boolean | string | Digits)
  }

  #list(items: readonly Json[], known: Known | undefined, indent: string): Part {
    if (items.length === 0) return '[]'
    const inner = indent + INDENT
    const lines = items.map((item, i) => [i > 0 && ',\n', inner, this.value(item, [], known, inner)])
    return ['[\n', lines, `\n${indent}]`]
  }

  #object(value: JsonObject, path: Path, known: Known | undefined, indent: string): Part {
    const entries = Object.entries(value)
    if (entries.length === 0) return '{}'
    const inner = indent + INDENT
    const lines = entries.map(([key, item], i) => [
      i > 0 && ',\n',
      inner,
      html`<span class="key">${JSON.stringify(key)}</span>: `,
      this.#member(key, item, path, known, inner),
    ])
    return ['{\n', lines, `\n${indent}}`]
  }

  #member(key: string, item: Json, [step, ...rest]: Path, known: Known | undefined, indent: string): Part {
    if (step !== undefined) return this.value(item, key === step ? rest : [], key === step ? known : undefined, indent)
    const field = known?.view?.find(({ to }) => to === key)
    const href = field && item instanceof Digits ? this.#href(field, known!.type, item.text) : undefined
    if (href) return link(href, this.#leaf(item as Digits))
    return this.value(item, [], field?.view && { type: namedType(field.type).name, view: field.view }, indent)
  }

  #href({ field, to }: ViewField, type: string, id: string): string | undefined {
    if (to === 'id') return this.#links.ofType(type, id, this.#here)
    return this.#links.ofReference(field.name, id, this.#here)
  }

  #leaf(value: null | boolean | string | Digits): Html {
    if (typeof value === 'string') return this.#text(value)
    if (value instanceof Digits) return html`<span class="number">${value.text}</span>`
    return html`<span class="word">${String(value)}</span>`
  }

  #text(text: string): Html {
    const shown = html`<span class="text">${JSON.stringify(text)}</span>`
    const to = destination(text, this.#here)
    if (!to) return shown
    return to.ours ? link(to.href, shown) : html`<a href="${to.href}" rel="noreferrer nofollow">${shown}</a>`
  }
}

/** `path` leads to the rows, or the row, whose type and keys are known; an unknown path is that of the whole. */
export function jsonHtml({ value, path, type, view, links, here }: JsonShown): Html {
  const writer = new Writer(links, here)
  return html`<pre class="json" tabindex="0" role="region" aria-label="Body, as JSON"><code>${writer.value(value, isObject(value) ? path : [], { type, view }, '')}</code></pre>`
}
