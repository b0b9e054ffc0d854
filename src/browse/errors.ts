import type { Refused } from '../rest/refusal.ts'
import { type Html, html, type Part } from './html.ts'
import { words } from './words.ts'

/** Sentences by the field of a form. */
export type Errors = Readonly<Record<string, readonly string[]>>

/** `custom_fields.rack` is wrong in the field `custom_fields`. */
export function errorsOf(refused: Refused | undefined): Errors {
  const errors: Record<string, string[]> = Object.create(null)
  for (const [path, sentences] of Object.entries(refused?.fields ?? {})) {
    const [field, ...inner] = path.split('.') as [string, ...string[]]
    const told = inner.length > 0 ? sentences.map((sentence) => `${inner.join('.')}: ${sentence}`) : sentences
    errors[field] = [...(errors[field] ?? []), ...told]
  }
  return errors
}

export type Problem = { text: string; href?: string }

/** What was wrong with fields that a form shows leads there; the rest is told as it is. */
export function problemsOf(refused: Refused, shown: ReadonlyMap<string, string>): Problem[] {
  const errors = Object.entries(errorsOf(refused))
  if (errors.length === 0) return [{ text: refused.message }]
  return errors.flatMap(([field, sentences]) => {
    const id = shown.get(field)
    return sentences.map((text) => ({ text: `${words(field)}: ${text}`, ...(id && { href: `#${id}` }) }))
  })
}

const item = ({ text, href }: Problem): Html => html`<li>${href ? html`<a href="${href}">${text}</a>` : text}</li>`

/** Stands first in the page and takes the focus: whoever sent a form hears at once what became of it. */
export const problemsHtml = (title: string, problems: readonly Problem[]): Part =>
  html`<div class="problems" role="alert" tabindex="-1" autofocus>
<h2>${title}</h2>
<ul>${problems.map(item)}</ul>
</div>
`
