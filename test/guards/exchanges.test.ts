import { type GraphQLInputObjectType, getNullableType, isEnumType } from 'graphql'
import { describe, expect, it } from 'vitest'
import * as kinds from '../../src/exchange/kinds.ts'
import { assetExchange } from '../../src/inventory/assets/exchange.ts'
import { vehicleExchange } from '../../src/inventory/vehicles/exchange.ts'
import { schema } from '../../src/schema.ts'

const EXCHANGES = [assetExchange, vehicleExchange].map((exchange) => [exchange.declared.plural, exchange] as const)

type Document = { components: { schemas: Record<string, { properties: Record<string, unknown> }> } }

const documents = async () =>
  (await import('../../schema/openapi/clientst0r.json', { with: { type: 'json' } })).default as unknown as Document

const pascal = (word: string) => word[0]!.toUpperCase() + word.slice(1)

/** How the values of an input's type are written in files. */
const KINDS: Record<string, kinds.Kind> = {
  ...{ String: kinds.words, Int: kinds.whole, Float: kinds.fraction, Decimal: kinds.amount, Boolean: kinds.truth },
  ...{ Date: kinds.calendarDay, JSON: kinds.freeJson, ID: kinds.id },
}

describe.each(EXCHANGES)('the files of %s', (_plural, exchange) => {
  const { name, columns } = exchange.declared
  const input = schema.getType(`Create${pascal(name)}Input`) as GraphQLInputObjectType
  const fields = Object.values(input.getFields())

  it('have a column for every field of a creation and no other', () => {
    expect(Object.keys(columns).sort()).toEqual(fields.map((field) => field.name).sort())
  })

  it.each(fields.map((field) => [field.name, field] as const))('read %s as its type is written', (field, { type }) => {
    const bare = getNullableType(type)
    const expected = isEnumType(bare) ? kinds.choice : KINDS[String(bare)]
    if (expected) expect(columns[field]?.kind).toBe(expected)
    else expect([field, String(bare)]).toEqual(['tagIds', '[ID!]'])
  })

  it('take every key that its document shows', async () => {
    const { components } = await documents()
    const keys = Object.keys(components.schemas[pascal(name)]!.properties)
    expect(keys.length).toBeGreaterThan(10)
    expect(keys.filter((key) => exchange.column(key) === undefined)).toEqual([])
  })
})
