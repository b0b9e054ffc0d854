import { builder } from './builder.ts'

/** GraphQL shouts its enum values, rows and REST whisper them: BRANCH_PROTECTION is `branch_protection`. */
export function enumOf<V extends string>(name: string, values: Record<string, V> | readonly V[], description: string) {
  return builder.enumType(name, {
    description,
    values: Object.fromEntries(Object.values(values).map((value) => [value.toUpperCase(), { value }])) as {
      [K in V as Uppercase<K>]: { value: K }
    },
  })
}
