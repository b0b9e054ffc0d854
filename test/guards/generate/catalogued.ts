import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { CATALOGUE, toldData, toldSchema } from '../../../src/core/events/catalogue.ts'
import type { Schema } from '../../../src/core/events/fields.ts'

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true })
formats.default(ajv)
ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/)

/** Receivers let unknown fields pass; the server itself tells none that it did not declare. */
const closed = ({ properties, items, ...schema }: Schema): object => ({
  ...schema,
  ...(items && { items: closed(items) }),
  ...(properties && {
    properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, closed(each)])),
    additionalProperties: false,
  }),
})

const validators = new Map([...CATALOGUE].map(([type, { data }]) => [type, ajv.compile(closed(toldSchema(data)))]))

/** How an event differs from what the catalogue says of it; empty where it does not. */
export function misfits({ type, data }: { type: string; data: unknown }): string[] {
  const validate = validators.get(type)
  if (!validate) return [`${type} is not in the catalogue`]
  return validate(toldData(type, data))
    ? []
    : validate.errors!.map(
        ({ instancePath, message, params }) => `${type} ${instancePath} ${message} ${JSON.stringify(params)}`,
      )
}
