const ESCAPED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPED[character]!)

/** Markup: the only thing that is written into a page as it is. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Part = Html | string | number | undefined | null | false | readonly Part[]

const written = (part: Part): string => {
  if (part instanceof Html) return part.text
  if (typeof part === 'string') return escaped(part)
  if (typeof part === 'number') return String(part)
  return part ? (part as readonly Part[]).map(written).join('') : ''
}

/** What stands between the markup is text, whatever it looks like; in a tag it belongs between double quotes. */
export const html = (markup: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(markup.reduce((text, next, i) => text + written(parts[i - 1]) + next))

/** The attributes of a tag that have a value; `true` is an attribute without one. */
export const attributes = (given: Record<string, string | number | boolean | undefined>): Html =>
  new Html(
    Object.entries(given)
      .filter(([, value]) => value !== undefined && value !== false)
      .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escaped(String(value))}"`))
      .join(''),
  )

/** A description with its `code` set as such. */
export const described = (text: string): Part =>
  text.split('`').map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part))
