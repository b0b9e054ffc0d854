import { expect, it } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'

const graph = testGraph()

const CREATE = `mutation ($input: CreateAssetInput!) { createAsset(input: $input) {
  id name assetType serialNumber model manufacturer hostname ipAddress macAddress location notes
  tags { name slug color } customFields isActive organizationId organizationName createdById createdByName
  createdBy { email } } }`
const UPDATE =
  'mutation ($id: ID!, $input: UpdateAssetInput!) { updateAsset(id: $id, input: $input) { id name notes tags { slug } } }'
const LIST = `query ($search: String, $filter: AssetFilter, $orderBy: [AssetOrder!], $first: Int, $after: String) {
  assets(search: $search, filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount nodes { name } pageInfo { endCursor hasNextPage } } }`

async function create(input: object, organization: 'a' | 'b' = 'a') {
  const { data, errors } = await graph.as({ organization }).run(CREATE, { input })
  expect(errors).toBeUndefined()
  return data.createAsset
}

async function tag(name: string, organization: 'a' | 'b' = 'a'): Promise<string> {
  const query = 'mutation ($input: CreateTagInput!) { createTag(input: $input) { id } }'
  const { data } = await graph.as({ organization }).run(query, { input: { name } })
  return data.createTag.id
}

const names = async (variables: object) => {
  const { data, errors } = await graph.as().run(LIST, { orderBy: [{ field: 'NAME' }], ...variables })
  expect(errors).toBeUndefined()
  return data.assets.nodes.map(({ name }: { name: string }) => name)
}

const refused = async (input: object) => {
  const { errors } = await graph.as().run(CREATE, { input: { name: 'x', ...input } })
  expect(errors?.[0]?.extensions.code).toBe('INVALID_REQUEST')
  return errors?.[0]?.extensions.fields
}

it('an asset is recorded with everything that was said of it', async () => {
  const red = await tag('Réd Zone')
  const said = {
    ...{ name: 'core-switch', assetType: 'switch', serialNumber: 'SN-1', model: 'C9300', manufacturer: 'Cisco' },
    ...{ hostname: 'core.example.com', ipAddress: '2001:db8::1', macAddress: '00:1b:44:11:3a:b7', location: 'Rack 1' },
    ...{ notes: 'spare PSU', customFields: { rack: { unit: 4 } }, isActive: false },
  }
  expect(await create({ ...said, tagIds: [red, red] })).toEqual({
    ...said,
    id: expect.stringMatching(/^\d+$/),
    tags: [{ name: 'Réd Zone', slug: 'red-zone', color: '#6b7280' }],
    organizationId: String(graph.a.id),
    organizationName: 'Organization a',
    createdById: String(graph.a.users.owner),
    createdByName: 'owner of a',
    createdBy: { email: 'owner@a.example.com' },
  })
})

it('an asset needs a name and nothing else', async () => {
  const made = await create({ name: 'bare' })
  expect(made).toMatchObject({ assetType: 'other', isActive: true, customFields: {}, tags: [], ipAddress: null })
})

it.each([
  [{ ipAddress: '999.1.1.1' }, { ipAddress: ['must be an IPv4 or IPv6 address.'] }],
  [{ macAddress: '00:1b:44:11:3a' }, { macAddress: ['must be a MAC address like 00:1b:44:11:3a:b7.'] }],
  [{ customFields: [1] }, { customFields: ['must be a JSON object.'] }],
  [{ customFields: { x: 'y'.repeat(65_536) } }, { customFields: ['must be at most 64 KiB of JSON.'] }],
  [{ name: ' ' }, { name: ['must be at least 1 character long.'] }],
  [{ isActive: null }, { isActive: ['must not be null.'] }],
])('refuses %j under the name of the field', async (input, fields) => {
  expect(await refused(input)).toEqual(fields)
})

it('a tag of another organization is a tag that does not exist', async () => {
  const theirs = await tag('theirs', 'b')
  const fields = { tagIds: ['names a tag that does not exist.'] }
  expect(await refused({ tagIds: [theirs] })).toEqual(fields)
  expect(await refused({ tagIds: ['2000000000'] })).toEqual(fields)
})

it('an update changes what is given, clears what is null and keeps the rest', async () => {
  const [one, two] = [await tag('one'), await tag('two')]
  const { id } = await create({ name: 'before', notes: 'n', location: 'l', tagIds: [one] })
  const { data } = await graph.as().run(UPDATE, { id, input: { name: 'after', notes: null, tagIds: [two] } })
  expect(data.updateAsset).toEqual({ id, name: 'after', notes: null, tags: [{ slug: 'two' }] })
  const { data: kept } = await graph.as().run('query ($id: ID!) { asset(id: $id) { location tags { slug } } }', { id })
  expect(kept.asset).toEqual({ location: 'l', tags: [{ slug: 'two' }] })
})

it('create, update and delete are announced and audited, tags included', async () => {
  const extra = await tag('extra')
  const { id } = await create({ name: 'trailed' })
  await graph.as().run(UPDATE, { id, input: { tagIds: [extra] } })
  await graph.as().run(UPDATE, { id, input: { name: 'trailed' } })
  const { data } = await graph.as().run('mutation ($id: ID!) { deleteAsset(id: $id) { id name } }', { id })
  expect(data.deleteAsset).toEqual({ id, name: 'trailed' })
  const { events, audit } = await graph.trail()
  const mine = audit.filter(({ targetType, targetId }) => targetType === 'asset' && targetId === id)
  expect(mine.map(({ action }) => action)).toEqual(['asset.created', 'asset.updated', 'asset.deleted'])
  expect(mine[1]?.changes).toEqual({ tagIds: { from: [], to: [Number(extra)] } })
  const told = events.filter(
    ({ type, data }) => type.startsWith('asset.') && (data as { id: number }).id === Number(id),
  )
  expect(told.map(({ type }) => type)).toEqual(['asset.created', 'asset.updated', 'asset.deleted'])
  expect(told[2]?.data).not.toHaveProperty('searchText')
})

it('a search looks through the key fields, every word and in any case', async () => {
  await create({ name: 'Zebra printer', manufacturer: 'Lexmark', macAddress: 'aa:bb:cc:dd:ee:ff' })
  await create({ name: 'Zebra crossing', notes: '100% painted' })
  expect(await names({ search: 'ZEBRA' })).toEqual(['Zebra crossing', 'Zebra printer'])
  expect(await names({ search: 'zebra lexMARK' })).toEqual(['Zebra printer'])
  expect(await names({ search: 'bb:CC:dd' })).toEqual(['Zebra printer'])
  expect(await names({ search: '0%' })).toEqual(['Zebra crossing'])
  expect(await names({ search: 'zebra nothing' })).toEqual([])
})

it('assets are filtered by their columns and by their tags', async () => {
  const blue = await tag('Blue')
  await create({ name: 'f1', location: 'Berlin', tagIds: [blue] })
  await create({ name: 'f2', location: 'Berlin', isActive: false })
  expect(await names({ filter: { location: { eq: 'Berlin' } } })).toEqual(['f1', 'f2'])
  expect(await names({ filter: { location: { eq: 'Berlin' }, isActive: { eq: false } } })).toEqual(['f2'])
  expect(await names({ filter: { tag: { eq: 'blue' } } })).toEqual(['f1'])
  expect(await names({ filter: { tagId: { eq: blue } } })).toEqual(['f1'])
})

it('pages follow one another in every order', async () => {
  const filter = { location: { eq: 'paged' } }
  for (const name of ['p1', 'p2', 'p3']) await create({ name, location: 'paged', hostname: name === 'p2' ? 'h' : null })
  const orderBy = [{ field: 'HOSTNAME' }]
  const first = await graph.as().run(LIST, { filter, orderBy, first: 2 })
  expect(first.data.assets).toMatchObject({ totalCount: 3, nodes: [{ name: 'p2' }, { name: 'p1' }] })
  const after = first.data.assets.pageInfo.endCursor
  const second = await graph.as().run(LIST, { filter, orderBy, first: 2, after })
  expect(second.data.assets).toMatchObject({ nodes: [{ name: 'p3' }], pageInfo: { hasNextPage: false } })
})

it("another organization's asset and one that never was are refused alike", async () => {
  const { id } = await create({ name: 'theirs' }, 'b')
  const ask = async (id: string) => {
    const { errors } = await graph.as().run('query ($id: ID!) { asset(id: $id) { name } }', { id })
    return [errors?.[0]?.message, errors?.[0]?.extensions.code]
  }
  expect(await ask(id)).toEqual(['No such asset.', 'NOT_FOUND'])
  expect(await ask('2000000000')).toEqual(await ask(id))
  const { errors } = await graph.as().run(UPDATE, { id, input: { name: 'mine' } })
  expect(errors?.[0]?.extensions.code).toBe('NOT_FOUND')
})

it('reading and writing each need their permission', async () => {
  const reader = graph.as({ permissions: ['assets:read'] })
  const { errors } = await reader.run(CREATE, { input: { name: 'x' } })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'assets:write' })
  const nobody = await graph.as({ permissions: [] }).run('{ assets { totalCount } }')
  expect(nobody.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'assets:read' })
})

it('who recorded an asset is named as their organization calls them', async () => {
  const { id, createdById } = await create({ name: 'named' })
  const rename = 'mutation ($id: ID!) { updateUser(id: $id, input: { displayName: "Dr. Ada" }) { id displayName } }'
  await graph.done(rename, { id: createdById })
  for (const byField of [false, true])
    expect(await graph.done('query ($id: ID!) { asset(id: $id) { createdByName } }', { id }, { byField })).toEqual({
      createdByName: 'Dr. Ada',
    })
  await graph.done(rename.replace('Dr. Ada', 'owner of a'), { id: createdById })
})
