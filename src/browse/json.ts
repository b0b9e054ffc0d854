/** A number as it was written: a large one would lose digits on its way through a machine's number. */
export class Digits {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toJSON(): unknown {
    return (JSON as JSON & { rawJSON(text: string): unknown }).rawJSON(this.text)
  }
}

export type Json = null | boolean | string | Digits | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }
export type Path = readonly string[]

type Revive = (key: string, value: unknown, context: { source?: string }) => unknown

const keepDigits: Revive = (_key, value, { source }) => (typeof value === 'number' ? new Digits(source!) : value)

/** Undefined where the text is no JSON. */
export function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown) as Json
  } catch {
    return undefined
  }
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Digits)

/** What stands at a path, if anything does. */
export function at(value: Json | undefined, path: Path): Json | undefined {
  const [step, ...rest] = path
  if (step === undefined) return value
  return isObject(value) && Object.hasOwn(value, step) ? at(value[step], rest) : undefined
}

/** A value as a person would type it into one line. */
export function plain(value: Json | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  return value instanceof Digits ? value.text : JSON.stringify(value)
}
