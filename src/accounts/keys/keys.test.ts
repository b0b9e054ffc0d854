import { expect, it } from 'vitest'
import { type Caller, testGraph } from '../../../test/kit/graph.ts'
import { PERMISSIONS, ROLE_PERMISSIONS } from '../../core/permissions.ts'
import { asSystem } from '../../db/tenant.ts'

const graph = testGraph()

const editor: Caller = { role: 'editor', permissions: [...ROLE_PERMISSIONS.editor] }
const CREATE = `mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    secret
    apiKey { id name family prefix scopes isAdmin bucketCapacity bucketRefillPerSecond owner { email } revokedAt }
  }
}`
const ROTATE = `mutation ($id: ID!, $input: RotateApiKeyInput) {
  rotateApiKey(id: $id, input: $input) { secret apiKey { id prefix previousExpiresAt } }
}`
const UPDATE =
  'mutation ($id: ID!, $input: UpdateApiKeyInput!) { updateApiKey(id: $id, input: $input) { name scopes } }'
const REVOKE = 'mutation ($id: ID!) { revokeApiKey(id: $id) { id revokedAt } }'
const ONE = 'query ($id: ID!) { apiKey(id: $id) { id } }'

const create = (caller: Caller, input: object) => graph.as(caller).run(CREATE, { input })
async function made(caller: Caller, input: object): Promise<{ secret: string; apiKey: { id: string } }> {
  const { data, errors } = await create(caller, input)
  expect(errors).toBeUndefined()
  return data.createApiKey
}
const admits = (secret: string) => graph.kit.app.credentials.authenticate(`Bearer ${secret}`, '192.0.2.1')

it('a new key shows its secret once, works, and is announced without secret or hash', async () => {
  const input = { name: 'SOC2 platform', family: 'DASHBOARD', scopes: ['apps', 'servers'] }
  const { secret, apiKey } = await made({}, input)
  expect(secret).toMatch(/^dsk_[0-9A-Za-z]{38}$/)
  expect(apiKey).toMatchObject({
    ...{ name: 'SOC2 platform', scopes: ['apps', 'servers'], isAdmin: false, revokedAt: null },
    ...{ bucketCapacity: 100, bucketRefillPerSecond: '1', prefix: secret.slice(0, 8) },
    owner: { email: 'owner@a.example.com' },
  })
  expect(await admits(secret)).toMatchObject({ name: 'SOC2 platform', organizationId: graph.a.id })
  const { events, audit } = await graph.trail()
  expect(events.at(-1)).toMatchObject({ type: 'api_key.created', data: { id: Number(apiKey.id) } })
  expect(audit.at(-1)).toMatchObject({ action: 'api_key.created', targetId: apiKey.id })
  const told = JSON.stringify([events, audit], (_, value) => (typeof value === 'bigint' ? String(value) : value))
  expect(told).not.toContain(secret)
  expect(told).not.toContain('ash"')
})

it('only a hash of the secret is stored', async () => {
  const { secret, apiKey } = await made({}, { name: 'hashed', family: 'CLIENTST0R' })
  const where = { id: Number(apiKey.id) }
  const row = await asSystem(async () => graph.kit.app.prisma.apiKey.findUniqueOrThrow({ where }))
  expect(row.hash).toHaveLength(32)
  expect(JSON.stringify(row)).not.toContain(secret.slice(-20))
})

it.each([
  ['DASHBOARD', ['apps', 'server'], 'A dashboard key has no scope server. Valid ones: apps, notes,'],
  ['DEVSPHERE', ['apps'], 'A devsphere key has no scope apps. Valid ones: leads:read,'],
  ['CLIENTST0R', ['admin'], 'A clientst0r key has no scope admin. Valid ones: apps:read,'],
  ['DEVSPHERE', [], 'must name at least one scope'],
])('a %s key with the scopes %j is refused with the valid ones', async (family, scopes, sentence) => {
  const { errors } = await create({}, { name: 'x', family, scopes })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_REQUEST' })
  expect(errors?.[0]?.extensions.fields.scopes[0]).toContain(sentence)
})

it.each([
  [{ name: '' }, 'name'],
  [{ expiresAt: '2026-05-23T11:41:59Z' }, 'expiresAt'],
  [{ allowedCidrs: ['not a range'] }, 'allowedCidrs.0'],
  [{ bucketCapacity: 0 }, 'bucketCapacity'],
  [{ bucketRefillPerSecond: '0' }, 'bucketRefillPerSecond'],
  [{ ownerId: '999999' }, 'ownerId'],
  [{ isAdmin: true }, 'isAdmin'],
])('%j is refused under its own name', async (input, field) => {
  const { errors } = await create({}, { name: 'x', family: 'CLIENTST0R', ...input })
  expect(errors?.[0]?.extensions.code).toBe('INVALID_REQUEST')
  expect(Object.keys(errors?.[0]?.extensions.fields)).toEqual([field])
})

it('a key never allows more than its maker may do', async () => {
  const maker: Caller = { permissions: ['keys:manage', 'keys:read', 'apps:read'] }
  const { errors } = await create(maker, { name: 'x', family: 'DASHBOARD', scopes: ['apps', 'hr'] })
  expect(errors?.[0]).toMatchObject({
    message: 'This key is allowed what you are not: hr:read.',
    extensions: { code: 'FORBIDDEN', need: 'hr:read' },
  })
  const admin = await create(maker, { name: 'x', family: 'DASHBOARD', isAdmin: true })
  expect(admin.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
})

it('a caller who manages keys does not learn the secret of a key that may do more', async () => {
  const { apiKey } = await made({}, { name: 'admin', family: 'DASHBOARD', scopes: ['admin'] })
  expect(apiKey).toMatchObject({ isAdmin: true, scopes: [] })
  const caller = graph.as({ permissions: ['keys:manage', 'keys:read'] })
  const { errors } = await caller.run(ROTATE, { id: apiKey.id })
  expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
})

it('a member makes ClientSt0r keys for themselves and nothing else', async () => {
  const { apiKey } = await made(editor, { name: 'mine', family: 'CLIENTST0R' })
  expect(apiKey).toMatchObject({ owner: { email: 'editor@a.example.com' }, scopes: [] })
  const refused = [
    { name: 'x', family: 'DASHBOARD', scopes: ['apps'] },
    { name: 'x', family: 'CLIENTST0R', ownerId: String(graph.a.users.readonly) },
    { name: 'x', family: 'CLIENTST0R', bucketCapacity: 100_000 },
  ]
  for (const input of refused) {
    const { errors } = await create(editor, input)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'keys:manage' })
  }
})

it('a member sees and changes their own keys only', async () => {
  const own = await made(editor, { name: 'own', family: 'CLIENTST0R' })
  const other = await made({}, { name: 'other', family: 'CLIENTST0R' })
  const session = graph.as(editor)
  const { data } = await session.run('{ apiKeys(first: 200) { nodes { id family ownerId } } }')
  const ids = data.apiKeys.nodes.map(({ id }: { id: string }) => id)
  expect(ids).toContain(own.apiKey.id)
  expect(ids).not.toContain(other.apiKey.id)
  expect((await session.run(ONE, { id: other.apiKey.id })).errors?.[0]?.extensions.code).toBe('NOT_FOUND')
  expect((await session.run(REVOKE, { id: other.apiKey.id })).errors?.[0]?.extensions.code).toBe('NOT_FOUND')
  expect((await session.run(REVOKE, { id: own.apiKey.id })).errors).toBeUndefined()
})

it('without permission nothing of keys is shown or changed', async () => {
  const permissions = PERMISSIONS.filter((permission) => !permission.startsWith('keys:'))
  const session = graph.as({ permissions })
  const answers = [
    await session.run('{ apiKeys { totalCount } }'),
    await session.run(CREATE, { input: { name: 'x', family: 'CLIENTST0R' } }),
    await session.run(REVOKE, { id: '1' }),
  ]
  for (const { errors } of answers)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'keys:read' })
})

it('a revoked key fails on the next request and stays revoked', async () => {
  const { secret, apiKey } = await made({}, { name: 'short-lived', family: 'DEVSPHERE', scopes: ['leads:read'] })
  await admits(secret)
  const { data } = await graph.as().run(REVOKE, { id: apiKey.id })
  expect(data.revokeApiKey.revokedAt).toBe('2026-05-23T11:42:00Z')
  await expect(async () => admits(secret)).rejects.toMatchObject({ code: 'INVALID_TOKEN' })
  const trail = (await graph.trail()).audit.length
  expect((await graph.as().run(REVOKE, { id: apiKey.id })).errors).toBeUndefined()
  expect((await graph.trail()).audit).toHaveLength(trail)
  for (const query of [ROTATE, UPDATE]) {
    const { errors } = await graph.as().run(query, { id: apiKey.id, input: {} })
    expect(errors?.[0]?.extensions.code).toBe('CONFLICT')
  }
})

it('a rotated key has a new secret at once; the old one works for the overlap only', async () => {
  const { secret, apiKey } = await made({}, { name: 'rotating', family: 'DASHBOARD', scopes: ['apps'] })
  await admits(secret)
  const kept = await graph.as().run(ROTATE, { id: apiKey.id, input: { overlapSeconds: 60 } })
  expect(kept.data.rotateApiKey.apiKey).toMatchObject({ id: apiKey.id, previousExpiresAt: '2026-05-23T11:43:00Z' })
  const second = kept.data.rotateApiKey.secret
  expect(await admits(secret)).toMatchObject({ keyId: Number(apiKey.id) })
  expect(await admits(second)).toMatchObject({ keyId: Number(apiKey.id) })
  const ended = await graph.as().run(ROTATE, { id: apiKey.id })
  expect(ended.data.rotateApiKey.apiKey.previousExpiresAt).toBeNull()
  for (const old of [secret, second])
    await expect(async () => admits(old)).rejects.toMatchObject({ code: 'INVALID_TOKEN' })
  expect(await admits(ended.data.rotateApiKey.secret)).toMatchObject({ keyId: Number(apiKey.id) })
  expect((await graph.trail()).events.at(-1)).toMatchObject({ type: 'api_key.rotated' })
})

it('two rotations at once both leave their secret working', async () => {
  const { apiKey } = await made({}, { name: 'contended', family: 'DASHBOARD', scopes: ['apps'] })
  const rotate = () => graph.as().run(ROTATE, { id: apiKey.id, input: { overlapSeconds: 60 } })
  for (const { data } of await Promise.all([rotate(), rotate()]))
    expect(await admits(data.rotateApiKey.secret)).toMatchObject({ keyId: Number(apiKey.id) })
})

it('an overlap is bounded by seven days', async () => {
  const { apiKey } = await made({}, { name: 'bounded', family: 'DASHBOARD', scopes: ['apps'] })
  const { errors } = await graph.as().run(ROTATE, { id: apiKey.id, input: { overlapSeconds: 604_801 } })
  expect(errors?.[0]?.extensions.fields).toEqual({ overlapSeconds: ['must be at most 604800 (7 days).'] })
})

it('scopes can be taken away from a key, never added', async () => {
  const { secret, apiKey } = await made({}, { name: 'wide', family: 'DASHBOARD', scopes: ['apps', 'hr'] })
  await admits(secret)
  const update = (input: object) => graph.as().run(UPDATE, { id: apiKey.id, input })
  expect((await update({ scopes: ['apps'], name: 'narrow' })).data.updateApiKey).toEqual({
    name: 'narrow',
    scopes: ['apps'],
  })
  expect(await admits(secret)).toMatchObject({ scopes: ['apps'] })
  const { errors } = await update({ scopes: ['apps', 'hr'] })
  expect(errors?.[0]?.extensions.fields.scopes[0]).toContain('A key never gains permissions (hr:read)')
  expect((await graph.trail()).audit.at(-1)).toMatchObject({
    action: 'api_key.updated',
    changes: { name: { from: 'wide', to: 'narrow' } },
  })
})

it('a ClientSt0r key with the whole role can be narrowed to scopes, and not back', async () => {
  const { apiKey } = await made(editor, { name: 'laptop', family: 'CLIENTST0R' })
  const update = (scopes: string[]) => graph.as(editor).run(UPDATE, { id: apiKey.id, input: { scopes } })
  expect((await update(['assets:read'])).data.updateApiKey.scopes).toEqual(['assets:read'])
  expect((await update([])).errors?.[0]?.extensions.code).toBe('INVALID_REQUEST')
})

it('a key of another organization is answered like one that never was', async () => {
  const { apiKey } = await made({ organization: 'b' }, { name: 'foreign', family: 'DASHBOARD', scopes: ['apps'] })
  for (const query of [ONE, ROTATE, REVOKE, UPDATE]) {
    const answers = await Promise.all([apiKey.id, '999999'].map((id) => graph.as().run(query, { id, input: {} })))
    const [foreign, missing] = answers.map(({ errors }) => errors?.map(({ message }) => message))
    expect(foreign).toEqual(['No such api_key.'])
    expect(foreign).toEqual(missing)
  }
  const listed = await graph.as().run('{ apiKeys(first: 200) { nodes { name } } }')
  expect(JSON.stringify(listed)).not.toContain('foreign')
})
