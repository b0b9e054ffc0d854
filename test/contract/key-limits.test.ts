import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../../src/cli/run.ts'
import { type Serving, startServing } from '../../src/serve.ts'
import { MASTER_KEY } from '../kit/app.ts'
import { testServer } from '../kit/server.ts'
import { type Minted, minted } from './minted.ts'

const server = testServer()
let admin = ''
/** A second process on the same database. */
let second: Serving
beforeAll(async () => {
  admin = (await minted(server)).token
  second = await startServing({ ...server.app.config, port: 0 }, () => {})
})
afterAll(() => second?.stop())

type Made = Pick<Minted, 'token'> & { id: number | string }

async function mutate(query: string, variables: Record<string, unknown>) {
  const { json } = await server.graphql(query, variables, admin)
  return { data: json.data && (Object.values(json.data)[0] as any), fields: json.errors?.[0]?.extensions.fields }
}
const UPDATE = `mutation ($id: ID!, $input: UpdateApiKeyInput!) {
  updateApiKey(id: $id, input: $input) { bucketCapacity bucketRefillPerSecond }
}`
const update = (id: Made['id'], input: object) => mutate(UPDATE, { id, input })
const CREATE = `mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) { secret apiKey { id bucketCapacity bucketRefillPerSecond } }
}`
const create = (input: object) => mutate(CREATE, { input: { name: 'limited', family: 'CLIENTST0R', ...input } })

/** What answers tell of the bucket, here and in the second process. */
async function limits({ token }: Made): Promise<string[]> {
  const there = await fetch(`${second.url}/api/assets/1/`, { headers: { authorization: `Bearer ${token}` } })
  const { headers: here } = await server.request('/api/assets/1/', { key: token })
  return [here, there.headers].map(
    (headers) => `${headers.get('x-ratelimit-limit')} ${headers.get('ratelimit-policy')?.replace('"default";', '')}`,
  )
}

const both = (told: string) => [told, told]

describe('the limit of a key', () => {
  it('is its family’s unless it was made with its own', async () => {
    const { data: usual } = await create({})
    expect(usual.apiKey).toMatchObject({ bucketCapacity: 120, bucketRefillPerSecond: '2' })
    expect(await limits({ ...usual.apiKey, token: usual.secret })).toEqual(both('120 q=120;w=60'))
    const { data: own } = await create({ bucketCapacity: 30, bucketRefillPerSecond: '0.5' })
    expect(own.apiKey).toMatchObject({ bucketCapacity: 30, bucketRefillPerSecond: '0.5' })
    expect(await limits({ ...own.apiKey, token: own.secret })).toEqual(both('30 q=30;w=60'))
  })

  it('is changed from the next request on, in every process, and back to the family’s', async () => {
    const key = await minted(server, { family: 'clientst0r', capacity: 40, refillPerSecond: 4 })
    expect(await limits(key)).toEqual(both('40 q=40;w=10'))
    expect((await update(key.id, { bucketCapacity: 500, bucketRefillPerSecond: '50' })).data).toEqual({
      ...{ bucketCapacity: 500, bucketRefillPerSecond: '50' },
    })
    expect(await limits(key)).toEqual(both('500 q=500;w=10'))
    await update(key.id, { bucketCapacity: 10 })
    expect(await limits(key)).toEqual(both('10 q=10;w=1'))
    await update(key.id, { bucketCapacity: null, bucketRefillPerSecond: null })
    expect(await limits(key)).toEqual(both('120 q=120;w=60'))
  })

  it('that is lowered leaves an empty bucket no more than the new one holds, and a raised one lets through again', async () => {
    const key = await minted(server, { family: 'clientst0r', capacity: 5, refillPerSecond: 0.001 })
    const status = async () => (await server.request('/api/assets/1/', { key: key.token })).status
    const statuses = async (times: number) => {
      const seen: number[] = []
      for (let i = 0; i < times; i += 1) seen.push(await status())
      return seen
    }
    await update(key.id, { bucketCapacity: 2 })
    expect(await statuses(3)).toEqual([200, 200, 429])
    await update(key.id, { bucketCapacity: 4 })
    expect(await statuses(3)).toEqual([200, 200, 429])
  })

  it('is changed by the command as well, for servers that run already', async () => {
    const key = await minted(server, { family: 'clientst0r', capacity: 40, refillPerSecond: 4 })
    expect(await limits(key)).toEqual(both('40 q=40;w=10'))
    const { databaseUrl, dataDir } = server.app.config
    const environment = { DATABASE_URL: databaseUrl, OPSGRAPH_DATA: dataDir, OPSGRAPH_MASTER_KEY: MASTER_KEY }
    const said: string[] = []
    const terminal = {
      out: (text: string) => said.push(text),
      err: (text: string) => said.push(text),
      input: async () => '',
    }
    const line = `keys update ${key.id} --organization omniforge --bucket-capacity 60`
    expect(await runCli(line.split(' '), environment, terminal)).toBe(0)
    expect(said.at(-1)).toBe(`Key ${key.id} (contract) is limited to 60, 4/s.`)
    expect(await limits(key)).toEqual(both('60 q=60;w=15'))
  })

  it('is shown in the list of keys', async () => {
    const { id } = await minted(server, {
      family: 'devsphere',
      scopes: ['leads:read'],
      capacity: 77,
      refillPerSecond: 1.5,
    })
    const query = '{ apiKeys(first: 200) { nodes { id bucketCapacity bucketRefillPerSecond } } }'
    const { nodes } = (await server.graphql(query, {}, admin)).json.data.apiKeys
    expect(nodes).toContainEqual({ id: String(id), bucketCapacity: 77, bucketRefillPerSecond: '1.5' })
  })

  it.each([
    [{ bucketCapacity: 0 }, { bucketCapacity: ['must be at least 1.'] }],
    [{ bucketCapacity: 1_000_001 }, { bucketCapacity: ['must be at most 1000000.'] }],
    [{ bucketRefillPerSecond: '0' }, { bucketRefillPerSecond: [expect.stringMatching(/^must be more than 0/)] }],
    [{ bucketRefillPerSecond: '1000000' }, { bucketRefillPerSecond: [expect.stringMatching(/less than 1000000/)] }],
    [{ bucketRefillPerSecond: '0.0001' }, { bucketRefillPerSecond: [expect.stringMatching(/at most 3 digits/)] }],
  ])('cannot be %j, neither at first nor later', async (input, fields) => {
    const { id } = await minted(server, { family: 'clientst0r' })
    expect((await create(input)).fields).toEqual(fields)
    expect((await update(id, input)).fields).toEqual(fields)
  })

  it('is not a member’s to choose', async () => {
    const { token } = await minted(server, { family: 'clientst0r', role: 'editor' })
    const own = await server.graphql(CREATE, { input: { name: 'mine', family: 'CLIENTST0R' } }, token)
    const { id } = own.json.data.createApiKey.apiKey
    const { json } = await server.graphql(UPDATE, { id, input: { bucketCapacity: 1_000_000 } }, token)
    expect(json.errors[0].extensions).toMatchObject({ code: 'FORBIDDEN', need: 'keys:manage' })
  })
})
