import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RUNS, SEED } from '../../test/fuzz/hostile.ts'
import { testGraph } from '../../test/kit/graph.ts'
import { importRows } from '../exchange/import.ts'
import { FORMATS, type Format } from '../exchange/reading/read.ts'
import { exportRows } from '../exchange/writing/export.ts'
import { assetExchange } from './assets/exchange.ts'
import { createAsset } from './assets/verbs.ts'
import { createTag } from './tags.ts'
import { vehicleExchange } from './vehicles/exchange.ts'
import { createVehicle } from './vehicles/verbs.ts'

const graph = testGraph()

/** Whatever a text can be made of that programs stumble over. */
const HOSTILE = [
  ...[
    "'",
    '"',
    '""',
    '=',
    '+',
    '-',
    '@',
    '\t',
    '\r',
    '\n',
    '\r\n',
    ',',
    ';',
    '|',
    '\\',
    '[',
    ']',
    '{',
    '}',
    ' ',
    '\u00a0',
  ],
  ...['\ufeff', '\u2028', 'ü', '🚚', '\u202e', 'a', '1', 'null', 'true', '=cmd|', '<b>', '\0'.replace('\0', '\u0001')],
]
const text = fc.array(fc.constantFrom(...HOSTILE), { minLength: 0, maxLength: 8 }).map((parts) => parts.join(''))
const name = text.filter((written) => written.trim() !== '')
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const free = fc.dictionary(
  text.filter((key) => key !== '__proto__'),
  fc.jsonValue({ maxDepth: 2 }),
  { maxKeys: 3 },
)

const asset = fc.record({
  ...{ name, assetType: maybe(name), serialNumber: maybe(name), model: maybe(name), manufacturer: maybe(name) },
  ...{ hostname: maybe(name), location: maybe(name), notes: maybe(text), isActive: maybe(fc.boolean()) },
  customFields: maybe(free.map((value) => JSON.parse(JSON.stringify(value)))),
  tags: fc.subarray([0, 1, 2, 3, 4, 5, 6, 7]),
})

const day = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => new Date(date.toISOString().slice(0, 10)))
const money = fc.integer({ min: 0, max: 99_999_999_999_999 }).map((cents) => (cents / 100).toFixed(2))
const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true }).map((value) => value + 0)

const vehicle = fc.record({
  ...{ name, make: maybe(name), model: maybe(name), color: maybe(name), notes: maybe(text) },
  ...{
    year: maybe(fc.integer({ min: 1886, max: 2100 })),
    currentMileage: maybe(fc.integer({ min: 0, max: 10_000_000 })),
  },
  ...{
    status: maybe(fc.constantFrom('active', 'retired')),
    fuelType: maybe(fc.constantFrom('plug_in_hybrid', 'other')),
  },
  ...{
    insurancePremium: maybe(money),
    purchasePrice: maybe(money),
    purchaseDate: maybe(day),
    insuranceExpiresAt: maybe(day),
  },
  place: maybe(fc.record({ latitude: degrees(90), longitude: degrees(180) })),
})

type Exchanged = typeof assetExchange | typeof vehicleExchange

async function written(exchange: Exchanged, format: Format): Promise<string> {
  let file = ''
  for await (const some of exportRows(graph.as().ctx, { exchange, format })) file += some
  return file
}

/** All rows as JSON without what the server gave each of them. */
async function told(exchange: Exchanged): Promise<object[]> {
  const own = { id: 0, created_at: '', updated_at: '', last_location_update: '' }
  return JSON.parse(await written(exchange, 'json')).map((row: object) => ({ ...row, ...own }))
}

async function comesBack(exchange: Exchanged, format: Format) {
  const before = await told(exchange)
  const source = [Buffer.from(await written(exchange, format))]
  const problems: object[] = []
  await importRows(graph.as().ctx, {
    exchange: exchange as never,
    source,
    format,
    problem: (problem) => problems.push(problem),
  })
  expect(problems).toEqual([])
  const after = await told(exchange)
  expect(after.slice(0, before.length)).toEqual(before)
  expect(after.slice(before.length)).toEqual(before)
}

/** Of two tags with one name, one has a slug that is a third one's name. */
const NAMES = ['twin-6', 'a,b', '[x', '12', '=cmd', '"q"', 'Twin', 'Twin']
const SLUGS = ['critical', 'a-b', 'x', 'twelve', 'cmd', 'q', 'twin-6', 'twin-7']

const emptied = (table: string) => graph.kit.app.query(`DELETE FROM ${table} WHERE organization_id = $1`, [graph.a.id])

describe('what was exported', () => {
  it.each(FORMATS)(
    'as %s can be imported again and gives the same assets',
    async (format) => {
      const { ctx } = graph.as()
      await emptied('tag')
      const tags: number[] = []
      for (const [at, tagName] of NAMES.entries())
        tags.push((await createTag(ctx, { name: tagName, slug: SLUGS[at]! })).id)
      await fc.assert(
        fc.asyncProperty(fc.array(asset, { minLength: 1, maxLength: 4 }), async (assets) => {
          await emptied('asset')
          for (const { tags: chosen, ...input } of assets)
            await createAsset(ctx, { ...input, tagIds: chosen.map((at) => tags[at]!) })
          await comesBack(assetExchange, format)
        }),
        { seed: SEED, numRuns: 40 * RUNS, endOnFailure: true },
      )
    },
    60_000,
  )

  it.each(FORMATS)(
    'as %s can be imported again and gives the same vehicles',
    async (format) => {
      const { ctx } = graph.as()
      await fc.assert(
        fc.asyncProperty(fc.array(vehicle, { minLength: 1, maxLength: 4 }), async (vehicles) => {
          await emptied('vehicle')
          for (const { place, ...input } of vehicles)
            await createVehicle(ctx, { ...input, ...place, assignedTo: graph.a.users.editor })
          await comesBack(vehicleExchange, format)
        }),
        { seed: SEED, numRuns: 40 * RUNS, endOnFailure: true },
      )
    },
    60_000,
  )
})
