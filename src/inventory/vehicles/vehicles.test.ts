import { expect, it } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'

const graph = testGraph()

const CREATE = `mutation ($input: CreateVehicleInput!) { createVehicle(input: $input) {
  id name vehicleType make model year color vin licensePlate status condition currentMileage fuelType currency
  insuranceProvider insurancePolicyNumber insurancePremium insuranceExpiresAt registrationExpiresAt
  purchaseDate purchasePrice purchaseMileage purchaseVendor latitude longitude lastLocationUpdate
  assignedToId assignedTo { email } notes } }`
const UPDATE = `mutation ($id: ID!, $input: UpdateVehicleInput!) { updateVehicle(id: $id, input: $input) {
  id name vin latitude longitude lastLocationUpdate assignedToId } }`
const LIST = `query ($search: String, $filter: VehicleFilter, $orderBy: [VehicleOrder!]) {
  vehicles(search: $search, filter: $filter, orderBy: $orderBy) { totalCount nodes { name } } }`

const VIN = '1FTYR2CM4KKA00001'
const HERE = { latitude: 40.7128, longitude: -74.006 }

async function create(input: object, organization: 'a' | 'b' = 'a') {
  const { data, errors } = await graph.as({ organization }).run(CREATE, { input })
  expect(errors).toBeUndefined()
  return data.createVehicle
}

const update = async (id: string, input: object, at?: string) => {
  const session = graph.as()
  if (at) session.ctx.clock = { now: () => new Date(at) }
  const { data, errors } = await session.run(UPDATE, { id, input })
  return data?.updateVehicle ?? errors?.[0]?.extensions
}

const refused = async (input: object) => {
  const { errors } = await graph.as().run(CREATE, { input: { name: 'x', ...input } })
  expect(errors?.[0]?.extensions.code).toBe('INVALID_REQUEST')
  return errors?.[0]?.extensions.fields
}

const names = async (variables: object) => {
  const { data, errors } = await graph.as().run(LIST, { orderBy: [{ field: 'NAME' }], ...variables })
  expect(errors).toBeUndefined()
  return data.vehicles.nodes.map(({ name }: { name: string }) => name)
}

it('a vehicle is recorded with everything that was said of it', async () => {
  const said = {
    ...{ name: 'Van 1', vehicleType: 'VAN', make: 'Ford', model: 'Transit', year: 2021, color: 'White', vin: VIN },
    ...{ licensePlate: 'OPS 1000', status: 'MAINTENANCE', condition: 'FAIR', currentMileage: 81_200 },
    ...{ fuelType: 'PLUG_IN_HYBRID', currency: 'EUR', insuranceProvider: 'Harbor', insurancePolicyNumber: 'HM-1' },
    ...{ insurancePremium: '900.50', insuranceExpiresAt: '2027-01-31', registrationExpiresAt: '2027-02-28' },
    ...{ purchaseDate: '2021-03-01', purchasePrice: '38500.00', purchaseMileage: 15, purchaseVendor: 'Metro' },
    ...{ ...HERE, notes: 'Ladder rack' },
  }
  const assignedTo = String(graph.a.users.editor)
  expect(await create({ ...said, vin: ` ${VIN.toLowerCase()} `, assignedTo })).toEqual({
    ...said,
    id: expect.stringMatching(/^\d+$/),
    lastLocationUpdate: expect.stringMatching(/Z$/),
    assignedToId: assignedTo,
    assignedTo: { email: 'editor@a.example.com' },
  })
})

it('a vehicle needs a name and nothing else', async () => {
  const bare = { vehicleType: 'OTHER', status: 'ACTIVE', currency: 'USD', condition: null, lastLocationUpdate: null }
  expect(await create({ name: 'bare' })).toMatchObject(bare)
})

it.each([
  [{ vin: '1FTYR2CM4KKA0000' }, { vin: ['must be 17 letters and digits, without I, O and Q.'] }],
  [{ vin: '1FTYR2CM4KKAO0001' }, { vin: ['must be 17 letters and digits, without I, O and Q.'] }],
  [{ year: 1885 }, { year: ['must be a year from 1886 to 2100.'] }],
  [{ year: 2101 }, { year: ['must be a year from 1886 to 2100.'] }],
  [{ ...HERE, latitude: 90.1 }, { latitude: ['must be at most 90.'] }],
  [{ ...HERE, longitude: -180.5 }, { longitude: ['must be at least -180.'] }],
  [{ latitude: 1 }, { longitude: ['is needed beside a latitude.'] }],
  [{ longitude: 1 }, { latitude: ['is needed beside a longitude.'] }],
  [{ currentMileage: -1 }, { currentMileage: ['must not be negative.'] }],
  [{ purchasePrice: '-1.00' }, { purchasePrice: ['must not be negative.'] }],
  [{ licensePlate: 'x'.repeat(21) }, { licensePlate: ['must be at most 20 characters long.'] }],
  [{ currency: 'euro' }, { currency: ['must be an ISO 4217 code like USD.'] }],
  [{ status: null }, { status: ['must not be null.'] }],
  [{ assignedTo: '2000000000' }, { assignedTo: ['No such row.'] }],
])('refuses %j under the name of the field', async (input, fields) => {
  expect(await refused(input)).toEqual(fields)
})

it('nobody outside the organization can be given one of its vehicles, at first or later', async () => {
  const stranger = String(graph.b.users.owner)
  expect(await refused({ assignedTo: stranger })).toEqual({ assignedTo: ['No such row.'] })
  const { id } = await create({ name: 'ours' })
  expect(await update(id, { assignedTo: stranger })).toMatchObject({ fields: { assignedTo: ['No such row.'] } })
})

it('the time of a location is the last change of it', async () => {
  const { id, lastLocationUpdate: first } = await create({ name: 'moving', ...HERE })
  expect(await update(id, { ...HERE, name: 'parked' }, '2029-01-01T00:00:00Z')).toMatchObject({
    name: 'parked',
    lastLocationUpdate: first,
  })
  const later = '2030-01-01T00:00:00Z'
  const moved = { latitude: HERE.latitude, longitude: -74.5, lastLocationUpdate: later }
  expect(await update(id, { longitude: -74.5 }, later)).toMatchObject(moved)
  expect(await update(id, { latitude: null })).toMatchObject({
    fields: { latitude: ['is needed beside a longitude.'] },
  })
  expect(await update(id, { latitude: null, longitude: null })).toMatchObject({ latitude: null, longitude: null })
})

it('create, update and delete are announced and audited', async () => {
  const { id } = await create({ name: 'trailed', purchasePrice: '10.00' })
  await update(id, { purchasePrice: '11.00' } as object)
  await update(id, { name: 'trailed' })
  const { data } = await graph.as().run('mutation ($id: ID!) { deleteVehicle(id: $id) { id name } }', { id })
  expect(data.deleteVehicle).toEqual({ id, name: 'trailed' })
  const { events, audit } = await graph.trail()
  const mine = audit.filter(({ targetType, targetId }) => targetType === 'vehicle' && targetId === id)
  expect(mine.map(({ action }) => action)).toEqual(['vehicle.created', 'vehicle.updated', 'vehicle.deleted'])
  const told = events.filter(({ type, data }) => type.startsWith('vehicle.') && (data as any).id === Number(id))
  expect(told.map(({ type }) => type)).toEqual(['vehicle.created', 'vehicle.updated', 'vehicle.deleted'])
  expect(told[2]?.data).not.toHaveProperty('searchText')
})

it('a search looks through name, make, model, VIN and plate, every word and in any case', async () => {
  const vin = '5YJYGDEE1MF000777'
  await create({ name: 'Zebra one', make: 'Tesla', model: 'Model Y', vin, licensePlate: 'ZB 77' })
  await create({ name: 'Zebra two', notes: 'Tesla' })
  expect(await names({ search: 'ZEBRA' })).toEqual(['Zebra one', 'Zebra two'])
  for (const search of ['zebra tesla', 'model zebra', 'f000777', 'zb 77'])
    expect(await names({ search })).toEqual(['Zebra one'])
  expect(await names({ search: 'zebra nothing' })).toEqual([])
})

it('vehicles are filtered by their columns', async () => {
  const driver = String(graph.a.users.admin)
  await create({ name: 'f1', color: 'Mauve', condition: 'POOR', assignedTo: driver })
  await create({ name: 'f2', color: 'Mauve', status: 'RETIRED', vehicleType: 'BUS' })
  const color = { eq: 'Mauve' }
  expect(await names({ filter: { color } })).toEqual(['f1', 'f2'])
  expect(await names({ filter: { color, status: { eq: 'RETIRED' } } })).toEqual(['f2'])
  expect(await names({ filter: { color, condition: { eq: 'POOR' } } })).toEqual(['f1'])
  expect(await names({ filter: { color, vehicleType: { eq: 'BUS' } } })).toEqual(['f2'])
  expect(await names({ filter: { color, assignedToId: { eq: driver } } })).toEqual(['f1'])
})

it("another organization's vehicle and one that never was are refused alike", async () => {
  const { id } = await create({ name: 'theirs' }, 'b')
  for (const each of [id, '2000000000'])
    expect(await update(each, { name: 'mine' })).toMatchObject({ code: 'NOT_FOUND', status: 404 })
})

it('reading and writing each need their permission', async () => {
  const reader = graph.as({ permissions: ['vehicles:read'] })
  const { errors } = await reader.run(CREATE, { input: { name: 'x' } })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'vehicles:write' })
  const nobody = await graph.as({ permissions: ['assets:read'] }).run('{ vehicles { totalCount } }')
  expect(nobody.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'vehicles:read' })
})
