import { expect, it } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'
import { Exchange } from '../../exchange/exchange.ts'
import { importRows, type RowProblem } from '../../exchange/import.ts'
import { vehicleExchange } from './exchange.ts'

const graph = testGraph()

const IMPORT = `mutation ($input: ImportInput!) { importVehicles(input: $input) {
  rows imported refused ignoredColumns problems { line field message } } }`
const CREATE = 'mutation ($input: CreateVehicleInput!) { createVehicle(input: $input) { id } }'
const SHOWN = `name vehicleType make model year color vin licensePlate status condition currentMileage fuelType currency
  insuranceProvider insurancePolicyNumber insurancePremium insuranceExpiresAt registrationExpiresAt
  purchaseDate purchasePrice purchaseMileage purchaseVendor latitude longitude lastLocationUpdate assignedToId notes`

async function imported(input: object) {
  const { data, errors } = await graph.as().run(IMPORT, { input })
  expect(errors).toBeUndefined()
  return data.importVehicles
}

async function vehicles(color: string) {
  const query = `query ($color: String) { vehicles(filter: { color: { eq: $color } }, orderBy: [{ field: ID }]) { nodes { ${SHOWN} } } }`
  return (await graph.as().run(query, { color })).data.vehicles.nodes
}

const names = async (color: string) => (await vehicles(color)).map(({ name }: { name: string }) => name)

it('a vehicle is imported with everything that is said of it, as people write it', async () => {
  const driver = String(graph.a.users.editor)
  const said = {
    ...{ name: 'Van 1', vehicle_type: 'Van', make: 'Ford', model: 'Transit', year: '2021', color: 'White' },
    ...{ vin: ' 1ftyr2cm4kka00001 ', license_plate: 'OPS 1000', status: 'MAINTENANCE', condition: 'fair' },
    ...{ current_mileage: '81.200.000', fuel_type: 'Plug-in hybrid', currency: 'EUR', insurance_provider: 'Harbor' },
    ...{ insurance_policy_number: 'HM-1', insurance_premium: '900,50', insurance_expires_at: '31.01.2027' },
    ...{ registration_expires_at: '2027/02/28', purchase_date: '2021-03-01', purchase_price: '38.500,00' },
    ...{ purchase_mileage: '15', purchase_vendor: 'Metro', latitude: '40,7128', longitude: '-74.006' },
    ...{ assigned_to: driver, notes: 'Ladder rack' },
  }
  said.current_mileage = '81 200'
  const content = [Object.keys(said).join(';'), Object.values(said).join(';')].join('\r\n')
  expect(await imported({ content })).toMatchObject({ imported: 1, problems: [] })
  const input = {
    ...{ name: 'Van 1', vehicleType: 'VAN', make: 'Ford', model: 'Transit', year: 2021, color: 'White' },
    ...{ vin: '1FTYR2CM4KKA00001', licensePlate: 'OPS 1000', status: 'MAINTENANCE', condition: 'FAIR' },
    ...{ currentMileage: 81_200, fuelType: 'PLUG_IN_HYBRID', currency: 'EUR', insuranceProvider: 'Harbor' },
    ...{ insurancePolicyNumber: 'HM-1', insurancePremium: '900.50', insuranceExpiresAt: '2027-01-31' },
    ...{ registrationExpiresAt: '2027-02-28', purchaseDate: '2021-03-01', purchasePrice: '38500.00' },
    ...{ purchaseMileage: 15, purchaseVendor: 'Metro', latitude: 40.7128, longitude: -74.006 },
    ...{ assignedTo: driver, notes: 'Ladder rack' },
  }
  expect((await graph.as().run(CREATE, { input })).errors).toBeUndefined()
  const [one, other] = await vehicles('White')
  expect(one).toEqual(other)
})

const BAD: [string, string, object][] = [
  ['vin', '1FTYR2CM4KKA0000', { vin: '1FTYR2CM4KKA0000' }],
  ['year', '1885', { year: 1885 }],
  ['latitude', '40.7', { latitude: 40.7 }],
  ['purchase_price', '-1', { purchasePrice: '-1' }],
  ['insurance_premium', '1.001', { insurancePremium: '1.001' }],
  ['current_mileage', '10000001', { currentMileage: 10_000_001 }],
  ['license_plate', 'x'.repeat(21), { licensePlate: 'x'.repeat(21) }],
  ['currency', 'euro', { currency: 'euro' }],
  ['assigned_to', '2000000000', { assignedTo: '2000000000' }],
]

it.each(BAD)('%s: %s is refused in the words of a creation', async (header, value, input) => {
  const { problems } = await imported({ content: `name,${header}\nx,${value}` })
  const { errors } = await graph.as().run(CREATE, { input: { name: 'x', ...input } })
  const [[field, sentences]] = Object.entries(errors![0]!.extensions.fields as Record<string, string[]>) as [
    [string, string[]],
  ]
  const snake = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  expect(problems).toEqual([{ line: 2, field: snake, message: sentences[0] }])
})

it('a word that is none of an enum’s names them', async () => {
  const { problems } = await imported({ content: 'name,status\nx,sold' })
  expect(problems).toEqual([
    { line: 2, field: 'status', message: 'must be one of active, maintenance, inactive, retired.' },
  ])
})

it('nobody outside the organization is given a vehicle', async () => {
  const { problems } = await imported({ content: `name,assigned_to\nx,${graph.b.users.owner}\ny,nobody` })
  expect(problems.map(({ message }: { message: string }) => message)).toEqual(['No such row.', 'No such row.'])
})

/** As it is where a driver leaves between the look at the members and the insertion. */
const unasked = new Exchange({ ...vehicleExchange.declared, references: undefined as never })

const file = (color: string, rows: number, bad: readonly number[]) =>
  [
    'name,color,assigned_to',
    ...Array.from({ length: rows }, (_, i) => `v${i},${color},${bad.includes(i) ? 2_000_000_000 : ''}`),
  ].join('\n')

async function run(content: string, options: object = {}) {
  const problems: RowProblem[] = []
  const problem = (found: RowProblem) => problems.push(found)
  const { ctx } = graph.as()
  const work = { exchange: unasked, source: [Buffer.from(content)], format: 'csv' as const, problem, ...options }
  return { problems, requestId: ctx.requestId, ...(await importRows(ctx, work)) }
}

it('what the database alone refuses is found among the others, which are kept in their order', async () => {
  const bad = [0, 7, 8, 99]
  const { problems, requestId, ...outcome } = await run(file('halved', 100, bad))
  expect(outcome).toMatchObject({ rows: 100, imported: 96, refused: 4 })
  expect(problems).toEqual(bad.map((i) => ({ line: i + 2, row: i + 1, field: 'assigned_to', message: 'No such row.' })))
  const rows = await graph.kit.app.query<{ name: string }>(
    "SELECT name FROM vehicle WHERE color = 'halved' ORDER BY id",
    [],
  )
  expect(rows.map(({ name }) => name)).toEqual(
    Array.from({ length: 100 }, (_, i) => i)
      .filter((i) => !bad.includes(i))
      .map((i) => `v${i}`),
  )
  const { events } = await graph.trail()
  expect(events.filter((event) => event.requestId === requestId)).toHaveLength(96)
})

it('the same within an atomic import, which keeps nothing', async () => {
  const { problems, ...outcome } = await run(file('whole', 600, [3, 550]), { atomic: true })
  expect(problems[0]).toMatchObject({ line: 5, message: 'No such row.' })
  expect(outcome).toMatchObject({ rows: 600, imported: 0, complete: true })
  expect(await names('whole')).toEqual([])
})

it.each([false, true])('an interruption leaves whole batches, or nothing (atomic: %s)', async (atomic) => {
  const interruption = new AbortController()
  const color = `interrupted ${atomic}`
  const progress = () => interruption.abort()
  const outcome = await run(file(color, 1700, []), { atomic, signal: interruption.signal, progress })
  const [{ count }] = (await graph.kit.app.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM vehicle WHERE color = $1',
    [color],
  )) as [{ count: number }]
  expect(outcome).toMatchObject({ rows: 500, complete: false, lastLine: 501, imported: atomic ? 0 : 500 })
  expect(count).toBe(atomic ? 0 : 500)
})

it('reading and writing each need their permission', async () => {
  const ask = (query: string, variables = {}) =>
    graph.as({ permissions: ['assets:read', 'assets:write'] }).run(query, variables)
  const { errors } = await ask(IMPORT, { input: { content: 'name\na' } })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'vehicles:write' })
  expect((await ask('{ vehicleExport { content } }')).errors?.[0]?.extensions).toMatchObject({ need: 'vehicles:read' })
})
