import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyContext } from '../../src/context.ts'
import { CANARY } from '../../src/demo/canary.ts'
import { createRest } from '../../src/rest/rest.ts'
import { schema } from '../../src/schema.ts'
import { Caller } from '../guards/generate/caller.ts'
import { callOf, inputOf, mutations, ownIds } from '../guards/generate/mutations.ts'
import { MISSING, OwnRows } from '../guards/generate/rows.ts'
import { BESIDE, isConnection, modelOf, nodeOf, selectionOf } from '../guards/generate/selection.ts'
import { testServer } from '../kit/server.ts'
import { tenantTablesOf } from './catalogue.ts'

const server = testServer()
const { endpoints } = createRest({ schema, execute: () => expect.fail('nothing runs here'), version: '0' })
const roots = Object.values(schema.getQueryType()!.getFields())
const lists = roots.filter(({ type, args }) => isConnection(type) && !args.some(({ name }) => name === 'id'))
const MODEL_OF: Record<string, string> = {
  documentContent: 'Document',
  passwordOtp: 'PasswordEntry',
  tableRow: 'ManagedTable',
  tableRows: 'ManagedTable',
  webhookDeliveryAttempts: 'WebhookDelivery',
  webhookEndpointDeliveries: 'WebhookEndpoint',
}
const singles = roots.filter(({ args }) => args.some(({ name }) => name === 'id'))
const MARK = /canary|9999\d\d\.00/i

/** Somebody who belongs to two organizations, and is asked for in the second. */
let chosen: Caller
let token = ''
let home: OwnRows
let there: OwnRows
let before: Record<string, string>

beforeAll(async () => {
  const { app } = server
  await app.query('UPDATE api_key SET bucket_capacity = 1000000', [])
  token = server.key('Owner’s laptop')
  const key = await app.credentials.authenticate(`Bearer ${token}`, '127.0.0.1')
  const elsewhere = await app.credentials.choose(key, 'bluefin')
  home = new OwnRows(app, key.organizationId)
  there = new OwnRows(app, elsewhere.organizationId)
  const asked = { requestId: 'generated', address: '127.0.0.1', door: 'graphql' } as const
  chosen = Caller.with(server, keyContext(app, elsewhere, asked))
  before = await home.fingerprints()
  expect(CANARY).toMatch(MARK)
})
afterAll(async () => {
  expect(chosen.faults.map(String)).toEqual([])
  const { request_log: _, ...after } = await home.fingerprints()
  expect(after).toEqual({ ...before, request_log: undefined, api_key: after.api_key })
})

/** A person who belongs to both has one number in both. */
async function onlyAtHome(model: string): Promise<number[]> {
  const both = model === 'Membership' ? await there.ids(model) : []
  return (await home.ids(model)).filter((id) => !both.includes(id))
}

const bothOrganizations = () => [there.organizationId, home.organizationId]

describe('whoever chose another organization of theirs', () => {
  it.each(lists.map((field) => [field.name, field] as const))(
    'reads its rows and no others in %s',
    async (_name, field) => {
      const model = modelOf(nodeOf(field.type))!
      const query = `{ list: ${field.name}(first: 200) ${selectionOf(field.type, 2)} }`
      const { data, text, errors } = await chosen.ask(query)
      expect(errors).toBeUndefined()
      expect(text).not.toMatch(MARK)
      const seen = data.list.nodes.map(({ id }: { id: string }) => Number(id)).sort((a: number, b: number) => b - a)
      expect(seen).toEqual(model === 'Organization' ? bothOrganizations() : await there.ids(model))
      expect(data.list.totalCount).toBe(seen.length)
    },
  )

  it.each(singles.filter(({ name }) => name !== 'organization').map((field) => [field.name, field] as const))(
    'finds by %s none of the rows at home',
    async (_name, field) => {
      const query = `query ($id: ID!) { one: ${field.name}(id: $id${BESIDE[field.name] ?? ''}) ${selectionOf(field.type, 2)} }`
      const missing = await chosen.ask(query, { id: MISSING })
      expect(missing.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
      const ids = await onlyAtHome(MODEL_OF[field.name] ?? modelOf(field.type)!)
      expect(ids.length).toBeGreaterThan(0)
      for (const id of ids.slice(0, 20)) expect((await chosen.ask(query, { id })).text).toBe(missing.text)
    },
  )

  it('finds no third organization beside the two', async () => {
    const one = (id: number) => chosen.ask('query ($id: ID!) { organization(id: $id) { slug } }', { id })
    for (const id of bothOrganizations()) expect((await one(id)).errors).toBeUndefined()
    expect((await one(2)).text).toBe((await one(MISSING)).text)
  })

  it.each(mutations.filter(({ model }) => model).map((mutation) => [mutation.name, mutation] as const))(
    'changes by %s nothing at home',
    async (_name, mutation) => {
      const input = inputOf(mutation, await ownIds(home, mutation))
      const missing = await callOf(chosen, mutation, { id: MISSING, input })
      expect(missing.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
      for (const id of (await onlyAtHome(mutation.model!)).slice(0, 5))
        expect((await callOf(chosen, mutation, { id, input })).text).toBe(missing.text)
    },
  )

  it.each(
    endpoints
      .filter(({ method, list, path }) => method === 'GET' && list && !path.includes(':'))
      .map((endpoint) => [endpoint.path, endpoint] as const),
  )('reads its rows and no others at %s', async (path, { field, dialect }) => {
    const headers = { 'x-organization': 'bluefin' }
    const size = dialect.paging.style === 'page' ? 'page_size' : 'limit'
    const { status, json, text } = await server.request(`${path}?${size}=200`, { key: token, headers })
    expect(status).toBe(200)
    expect(text).not.toMatch(MARK)
    const rows = Object.values<unknown>(json).find((value) => Array.isArray(value)) as unknown[]
    const model = modelOf(nodeOf(field.type))!
    expect(rows).toHaveLength(model === 'Organization' ? 2 : (await there.ids(model)).length)
  })
})

describe('the database alone, for a person', () => {
  let client: pg.Client
  beforeAll(async () => {
    // So that no row changes between two looks at it.
    await server.app.usage.flush()
    client = new pg.Client(server.app.databaseUrl)
    await client.connect()
  })
  afterAll(() => client?.end())

  async function asPerson<R extends pg.QueryResultRow>(organization: number | '', user: number | '', text: string) {
    await client.query('BEGIN')
    try {
      await client.query('SET LOCAL ROLE opsgraph_app')
      const settings = `SELECT set_config('opsgraph.organization_id', $1, true), set_config('opsgraph.user_id', $2, true)`
      await client.query(settings, [String(organization), String(user)])
      return (await client.query<R>(text)).rows
    } finally {
      await client.query('ROLLBACK')
    }
  }

  const james = async () => (await home.ids('Membership')).at(-1)!

  it('shows which organizations are theirs, and of other tables what the organization shows anybody', async () => {
    const user = await james()
    for (const table of [...(await tenantTablesOf(server.app)), 'app_user']) {
      const text = `SELECT t::text AS row FROM "${table}" t ORDER BY 1`
      const [usual, personal] = [
        await asPerson<{ row: string }>(home.organizationId, '', text),
        await asPerson<{ row: string }>(home.organizationId, user, text),
      ]
      const more = personal.filter(({ row }) => !usual.some((each) => each.row === row))
      expect([table, usual.every(({ row }) => personal.some((each) => each.row === row))]).toEqual([table, true])
      if (table !== 'membership') expect([table, more]).toEqual([table, []])
      else expect(more).toHaveLength(1)
    }
    const ids = await asPerson<{ id: number }>(
      home.organizationId,
      user,
      'SELECT id FROM organization ORDER BY id DESC',
    )
    expect(ids.map(({ id }) => id)).toEqual(bothOrganizations())
  })

  it('lets nobody change what it shows them of another organization', async () => {
    const user = await james()
    const [organization] = await asPerson(
      ...([home.organizationId, user] as const),
      `WITH changed AS (UPDATE organization SET name = name WHERE id = ${there.organizationId} RETURNING 1) SELECT count(*)::int AS rows FROM changed`,
    )
    const [membership] = await asPerson(
      ...([home.organizationId, user] as const),
      `WITH changed AS (UPDATE membership SET role = 'owner' WHERE user_id = ${user} RETURNING organization_id AS id) SELECT array_agg(id) AS ids FROM changed`,
    )
    expect([organization, membership]).toEqual([{ rows: 0 }, { ids: [home.organizationId] }])
  })

  it('shows a person without an organization nothing but which are theirs', async () => {
    const user = await james()
    for (const table of (await tenantTablesOf(server.app)).filter((name) => name !== 'membership'))
      expect(await asPerson('', user, `SELECT 1 FROM "${table}" LIMIT 1`), table).toEqual([])
  })

  it('shows somebody who belongs to one organization that one', async () => {
    const [, dana] = (await home.ids('Membership')).toReversed()
    const rows = await asPerson<{ id: number }>(home.organizationId, dana!, 'SELECT id FROM organization')
    expect(rows).toEqual([{ id: home.organizationId }])
  })
})
