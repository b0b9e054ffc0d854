import { expect, it } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'

const graph = testGraph()

const FIELDS = `id name kind url target checkType checkIntervalMinutes isEnabled status lastCheckedAt lastStatusCode
  lastResponseTimeMs uptimePercentage sslExpiresAt lastError asset { name } app { slug }`
const CREATE = `mutation ($input: CreateMonitorInput!) { createMonitor(input: $input) { ${FIELDS} } }`
const UPDATE = `mutation ($id: ID!, $input: UpdateMonitorInput!) { updateMonitor(id: $id, input: $input) { ${FIELDS} } }`
const LIST = `query ($search: String, $filter: MonitorFilter) {
  monitors(search: $search, filter: $filter, orderBy: [{ field: NAME }]) { totalCount nodes { name } } }`

const URL = 'https://www.example.com/'
const UNCHECKED = {
  ...{ status: 'UNKNOWN', lastCheckedAt: null, lastStatusCode: null, lastResponseTimeMs: null },
  ...{ uptimePercentage: null, sslExpiresAt: null, lastError: null },
}

async function create(input: object, organization: 'a' | 'b' = 'a') {
  const { data, errors } = await graph.as({ organization }).run(CREATE, { input })
  expect(errors).toBeUndefined()
  return data.createMonitor
}

async function made(field: string, input: object, organization: 'a' | 'b' = 'a'): Promise<string> {
  const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { made: ${field}(input: $input) { id } }`
  const { data } = await graph.as({ organization }).run(query, { input })
  return data.made.id
}

const refused = async (input: object) => {
  const { errors } = await graph.as().run(CREATE, { input: { name: 'x', ...input } })
  expect(errors?.[0]?.extensions.code).toBe('INVALID_REQUEST')
  return errors?.[0]?.extensions.fields
}

const update = async (id: string, input: object) => {
  const { data, errors } = await graph.as().run(UPDATE, { id, input })
  return data?.updateMonitor ?? errors?.[0]?.extensions
}

const names = async (variables: Record<string, unknown>) => {
  const { data, errors } = await graph.as().run(LIST, variables)
  expect(errors).toBeUndefined()
  return data.monitors.nodes.map(({ name }: { name: string }) => name)
}

it('a website is watched over HTTP, every five minutes, from an address alone', async () => {
  expect(await create({ name: 'site', url: URL })).toEqual({
    ...{ id: expect.stringMatching(/^\d+$/), name: 'site', kind: 'WEBSITE', url: URL, target: null, checkType: 'HTTP' },
    ...{ checkIntervalMinutes: 5, isEnabled: true, asset: null, app: null, ...UNCHECKED },
  })
})

it('what is expected of an answer is kept; a domain is looked up once a day', async () => {
  const expected = { expectedStatusCode: 204, expectedText: 'ok', slowAfterMs: 800 }
  const { data } = await graph
    .as()
    .run(
      `mutation ($input: CreateMonitorInput!) { createMonitor(input: $input) { expectedStatusCode expectedText slowAfterMs } }`,
      { input: { name: 'strict', url: URL, ...expected } },
    )
  expect(data.createMonitor).toEqual(expected)
  const domain = await create({ name: 'domain', kind: 'WAN', checkType: 'DOMAIN', target: 'example.com' })
  expect(domain).toMatchObject({ checkType: 'DOMAIN', checkIntervalMinutes: 1440 })
})

it('anything else is watched by its target, with ping unless told otherwise', async () => {
  const uplink = await create({ name: 'uplink', kind: 'WAN', target: ' 9.9.9.9 ', checkIntervalMinutes: 1440 })
  expect(uplink).toMatchObject({ target: '9.9.9.9', checkType: 'ICMP', checkIntervalMinutes: 1440, ...UNCHECKED })
  expect(await create({ name: 'ssh', kind: 'WAN', checkType: 'TCP', target: 'example.com:22' })).toMatchObject(
    UNCHECKED,
  )
  expect(await create({ name: 'gate', kind: 'WAN', checkType: 'HTTP', url: URL })).toMatchObject({ target: null })
})

const NOT_PUBLIC = (field: string) => ({
  [field]: ['must name a public host; private and reserved addresses are not called.'],
})
const NEEDS_URL = { url: ['is needed to check a website, or anything over http.'] }

it.each([
  [{}, NEEDS_URL],
  [{ checkType: 'TLS', target: 'example.com' }, NEEDS_URL],
  [{ kind: 'WAN', checkType: 'HTTP', target: 'example.com' }, NEEDS_URL],
  [{ url: 'ftp://example.com' }, { url: ['must be an address that starts with http:// or https://.'] }],
  [{ kind: 'WAN', url: URL }, { target: ['is needed to check by icmp.'] }],
  [{ kind: 'WAN', target: '999.1.1.1' }, { target: ['must be a host like example.com or 192.0.2.1, or host:port.'] }],
  [
    { kind: 'WAN', checkType: 'TCP', target: 'example.com' },
    { target: ['needs a port to check by tcp, like example.com:22.'] },
  ],
  [
    { kind: 'WAN', checkType: 'DNS', target: 'example.com:53' },
    { target: ['must be a host without a port to check by dns.'] },
  ],
  [{ url: 'http://127.0.0.1/' }, NOT_PUBLIC('url')],
  [{ url: 'https://user@example.com/' }, { url: ['must not hold a user name or a password.'] }],
  [{ url: 'https://example.com:22/' }, { url: ['must use one of the ports 80, 443, 8080, 8443.'] }],
  [{ kind: 'WAN', target: '10.0.0.1' }, NOT_PUBLIC('target')],
  [{ kind: 'WAN', checkType: 'TCP', target: 'db.internal:5432' }, NOT_PUBLIC('target')],
  [{ kind: 'WAN', checkType: 'DOMAIN', target: '9.9.9.9' }, { target: ['must be a domain like example.com.'] }],
  [
    { kind: 'WAN', checkType: 'DOMAIN', target: 'example.com', checkIntervalMinutes: 59 },
    { checkIntervalMinutes: ['must be at least 60 to look a domain up.'] },
  ],
  [{ url: URL, expectedStatusCode: 600 }, { expectedStatusCode: ['must be 100 to 599.'] }],
  [{ url: URL, expectedText: '' }, { expectedText: ['must be at least 1 character long.'] }],
  [{ url: URL, slowAfterMs: 10_001 }, { slowAfterMs: ['must be at most 10000, when a check is given up.'] }],
  [{ url: URL, checkIntervalMinutes: 0 }, { checkIntervalMinutes: ['must be at least 1.'] }],
  [{ url: URL, checkIntervalMinutes: 1441 }, { checkIntervalMinutes: ['must be at most 1440, a day.'] }],
  [{ url: URL, isEnabled: null }, { isEnabled: ['must not be null.'] }],
  [{ url: URL, kind: null }, { kind: ['must not be null.'] }],
])('refuses %j under the name of the field', async (input, fields) => {
  expect(await refused(input)).toEqual(fields)
})

it('a change must leave the monitor somewhere to go', async () => {
  const { id } = await create({ name: 'changing', url: URL })
  expect(await update(id, { url: null })).toMatchObject({ fields: NEEDS_URL })
  expect(await update(id, { kind: 'WAN', checkType: 'TLS' })).toMatchObject({
    fields: { target: [expect.any(String)] },
  })
  const wan = { kind: 'WAN', checkType: 'TLS', target: 'example.com:8443' }
  expect(await update(id, { ...wan, url: null })).toMatchObject({ ...wan, url: null })
  expect(await update(id, { checkType: 'ICMP' })).toMatchObject({ fields: { target: [expect.any(String)] } })
  expect(await update(id, { isEnabled: false })).toMatchObject({ ...wan, isEnabled: false })
})

it('an asset and an app know what watches them, and cannot go before it', async () => {
  const assetId = await made('createAsset', { name: 'router' })
  const appId = await made('createApp', { slug: 'example/watched', url: 'https://github.com/example/watched' })
  const monitor = await create({ name: 'watcher', url: URL, assetId, appId })
  expect(monitor).toMatchObject({ asset: { name: 'router' }, app: { slug: 'example/watched' } })
  const query = `query ($asset: ID!, $app: ID!) { asset(id: $asset) { monitors { totalCount nodes { name } } }
    app(id: $app) { monitors(filter: { status: { eq: UNKNOWN } }) { nodes { name } } } }`
  const { data } = await graph.as().run(query, { asset: assetId, app: appId })
  expect(data).toEqual({
    asset: { monitors: { totalCount: 1, nodes: [{ name: 'watcher' }] } },
    app: { monitors: { nodes: [{ name: 'watcher' }] } },
  })
  for (const [field, id] of [
    ['deleteAsset', assetId],
    ['deleteApp', appId],
  ]) {
    const { errors } = await graph.as().run(`mutation ($id: ID!) { ${field}(id: $id) { id } }`, { id })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT' })
  }
})

it("another organization's asset or app cannot be watched", async () => {
  const assetId = await made('createAsset', { name: 'theirs' }, 'b')
  const appId = await made('createApp', { slug: 'example/theirs', url: 'https://github.com/example/theirs' }, 'b')
  expect(await refused({ url: URL, assetId })).toEqual({ assetId: ['No such row.'] })
  expect(await refused({ url: URL, appId })).toEqual({ appId: ['No such row.'] })
})

it('monitors of an asset need monitors:read', async () => {
  const asker = graph.as({ permissions: ['assets:read', 'apps:read'] })
  for (const field of ['assets', 'apps']) {
    const { errors } = await asker.run(`{ ${field} { nodes { monitors { totalCount } } } }`)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'monitors:read' })
  }
})

it('create, update and delete are announced and audited', async () => {
  const { id } = await create({ name: 'trailed', url: URL })
  await update(id, { isEnabled: false })
  const { data } = await graph.as().run('mutation ($id: ID!) { deleteMonitor(id: $id) { id name } }', { id })
  expect(data.deleteMonitor).toEqual({ id, name: 'trailed' })
  const { events, audit } = await graph.trail()
  const mine = audit.filter(({ targetType, targetId }) => targetType === 'monitor' && targetId === id)
  expect(mine.map(({ action }) => action)).toEqual(['monitor.created', 'monitor.updated', 'monitor.deleted'])
  expect(mine[1]?.changes).toEqual({ isEnabled: { from: true, to: false } })
  expect(events.filter(({ type }) => type === 'monitor.deleted').at(-1)?.data).not.toHaveProperty('searchText')
})

it('monitors are searched by name, url and target, and filtered', async () => {
  await create({ name: 'Zebra site', url: 'https://stripes.example.com/' })
  await create({ name: 'Zebra line', kind: 'WAN', target: '9.9.113.77', isEnabled: false })
  expect(await names({ search: 'ZEBRA' })).toEqual(['Zebra line', 'Zebra site'])
  expect(await names({ search: 'stripes' })).toEqual(['Zebra site'])
  expect(await names({ search: '113.77 zebra' })).toEqual(['Zebra line'])
  expect(await names({ search: 'zebra', filter: { kind: { eq: 'WAN' } } })).toEqual(['Zebra line'])
  expect(await names({ search: 'zebra', filter: { isEnabled: { eq: true } } })).toEqual(['Zebra site'])
  expect(await names({ search: 'zebra', filter: { status: { eq: 'DOWN' } } })).toEqual([])
})

it("another organization's monitor and one that never was are refused alike", async () => {
  const { id } = await create({ name: 'theirs', url: URL }, 'b')
  for (const each of [id, '2000000000'])
    expect(await update(each, { name: 'mine' })).toMatchObject({ code: 'NOT_FOUND', status: 404 })
})

it('writing needs its permission', async () => {
  const { errors } = await graph.as({ permissions: ['monitors:read'] }).run(CREATE, { input: { name: 'x', url: URL } })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'monitors:write' })
})
