import { type AppError, type FieldErrors, invalidFields } from '../core/errors.ts'

/** Collects what is wrong with a request, so that one answer names every mistake. */
export class Problems {
  readonly #found = new Map<string, string[]>()

  add(field: string, sentence: string): undefined {
    const sentences = this.#found.get(field)
    if (sentences) sentences.push(sentence)
    else this.#found.set(field, [sentence])
    return undefined
  }

  get error(): AppError | undefined {
    if (this.#found.size === 0) return undefined
    return invalidFields(Object.fromEntries(this.#found) as FieldErrors)
  }
}
