import { z } from 'zod'
import { type FieldErrors, invalidFields } from './errors.ts'

/** What a verb is given, from whichever door or job: nothing is believed before it is validated. */
export type Input = Readonly<Record<string, unknown>>

z.config({
  customError: ({ code, input, expected, values }) => {
    if (code !== 'invalid_type' && code !== 'invalid_value') return undefined
    if (input === null || input === undefined) return 'must not be null.'
    return code === 'invalid_type' ? `must be of type ${expected}.` : `must be one of ${values.join(', ')}.`
  },
})

/** Checks an input against its rules; every broken rule is reported under its field's name. */
export function validated<S extends z.ZodType>(rules: S, input: unknown): z.output<S> {
  const result = rules.safeParse(input)
  if (result.success) return result.data
  const fields: FieldErrors = {}
  for (const { path, message } of result.error.issues) {
    const name = path.length ? path.map(String).join('.') : 'input'
    fields[name] = [...(fields[name] ?? []), message]
  }
  throw invalidFields(fields)
}
