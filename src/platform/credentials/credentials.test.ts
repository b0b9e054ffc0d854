import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'

const graph = testGraph()
const whole = (rows: unknown) => inspect(rows, { depth: null, maxArrayLength: null, maxStringLength: null })

const FIELDS =
  'id name kind engine host port database username maskedUri groupId minimumRole requiresReason revealsPerHour'
const CREATE = `mutation ($input: CreateCredentialInput!) { createCredential(input: $input) { ${FIELDS} } }`
const UPDATE = `mutation ($id: ID!, $input: UpdateCredentialInput!) { updateCredential(id: $id, input: $input) { ${FIELDS} rotatedAt } }`
const DELETE = `mutation ($id: ID!) { deleteCredential(id: $id) { id name } }`
const URI = 'postgresql://app:CANARY-9b1d@db.example.com:5432/orders'

type As = Parameters<typeof graph.as>[0]
const { done, refusal } = graph
const create = (input: object = {}, as?: As) => done(CREATE, { input: { name: 'Orders', uri: URI, ...input } }, as)

describe('credentials', () => {
  it('are kept with what may be shown of them, announced and audited without the rest', async () => {
    const { id, ...made } = await create()
    expect(made).toEqual({
      ...{
        name: 'Orders',
        kind: 'STORED',
        engine: 'POSTGRESQL',
        host: 'db.example.com',
        port: 5432,
        database: 'orders',
      },
      ...{ username: 'app', maskedUri: 'postgresql://app:********@db.example.com:5432/orders', groupId: null },
      ...{ minimumRole: 'ADMIN', requiresReason: true, revealsPerHour: 10 },
    })
    const { events, audit } = await graph.trail()
    expect(events.at(-1)).toMatchObject({ type: 'credential.created', data: { id: Number(id), secretVersion: 1 } })
    expect(audit.at(-1)).toMatchObject({ action: 'credential.created', targetId: id })
    expect(whole([events, audit])).not.toContain('CANARY')
  })

  it('another URI is told of, and not what it is', async () => {
    const { id } = await create()
    const uri = 'postgresql://app:CANARY-of-tomorrow@db.example.com:5432/orders'
    await done(UPDATE, { id, input: { uri } })
    const { audit } = await graph.trail()
    expect(audit.at(-1)).toMatchObject({
      action: 'credential.updated',
      changes: { secretVersion: { from: 1, to: 2 } },
    })
    expect(whole(audit)).not.toContain('CANARY')
  })

  it('a URI that is sent back as it was shown stays', async () => {
    const { id, maskedUri } = await create()
    const before = (await graph.trail()).events.length
    expect(await done(UPDATE, { id, input: { uri: maskedUri } })).toMatchObject({ maskedUri })
    expect((await graph.trail()).events).toHaveLength(before)
    const fields = { uri: ['is what is shown of a URI, not one.'] }
    const other = maskedUri.replace('orders', 'others')
    expect(await refusal(UPDATE, { id, input: { uri: other } })).toMatchObject({ code: 'INVALID_REQUEST', fields })
    expect(await refusal(CREATE, { input: { name: 'Shown', uri: maskedUri } })).toMatchObject({ fields })
  })

  it.each([
    [{ uri: 'postgresql://app:CANARY@x@db/orders' }, 'uri'],
    [{ uri: 'ftp://app:CANARY@db/orders' }, 'uri'],
    [{ minimumRole: 'EDITOR' }, 'minimumRole'],
    [{ revealsPerHour: 0 }, 'revealsPerHour'],
    [{ name: ' ' }, 'name'],
  ])('refuse %j, and do not repeat it', async (input, field) => {
    const refused = await refusal(CREATE, { input: { name: 'x', uri: URI, ...input } })
    expect(refused).toMatchObject({ code: 'INVALID_REQUEST', fields: { [field]: [expect.any(String)] } })
    expect(JSON.stringify(refused)).not.toContain('CANARY')
  })

  it('belong to a group of their own organization', async () => {
    const group = (as?: As) =>
      done('mutation { createProject(input: { name: "P" }) { id } }', {}, as).then(({ id: projectId }) =>
        done(
          `mutation ($input: CreateGroupInput!) { createGroup(input: $input) { id } }`,
          { input: { name: 'G', projectId } },
          as,
        ),
      )
    const [own, theirs] = [await group(), await group({ organization: 'b' })]
    expect(await create({ groupId: own.id })).toMatchObject({ groupId: own.id })
    for (const groupId of [theirs.id, '2000000000'])
      expect(await refusal(CREATE, { input: { name: 'x', uri: URI, groupId } })).toMatchObject({
        fields: { groupId: ['No such row.'] },
      })
    expect(await refusal(`mutation { deleteGroup(id: ${own.id}) { id } }`, {})).toMatchObject({ code: 'CONFLICT' })
  })

  it('are deleted, and nothing of them is left to open', async () => {
    const { id } = await create()
    expect(await done(DELETE, { id })).toEqual({ id, name: 'Orders' })
    expect(await refusal(DELETE, { id })).toMatchObject({ code: 'NOT_FOUND' })
    const { events } = await graph.trail()
    expect(events.at(-1)).toMatchObject({ type: 'credential.deleted', data: { id: Number(id) } })
    expect(whole(events)).not.toContain('CANARY')
  })

  it('of another organization and those that never were are refused alike', async () => {
    const { id } = await create({}, { organization: 'b' })
    for (const each of [id, '2000000000']) {
      expect(await refusal(UPDATE, { id: each, input: { name: 'Mine' } })).toMatchObject({ code: 'NOT_FOUND' })
      expect(await refusal(DELETE, { id: each })).toMatchObject({ code: 'NOT_FOUND' })
    }
  })

  it('are managed by whoever may, and read masked by others', async () => {
    const { id } = await create()
    const as: As = { permissions: ['credentials:read', 'credentials:reveal'] }
    const need = { code: 'FORBIDDEN', need: 'credentials:manage' }
    expect(await refusal(CREATE, { input: { name: 'x', uri: URI } }, as)).toMatchObject(need)
    expect(await refusal(UPDATE, { id, input: { name: 'x' } }, as)).toMatchObject(need)
    expect(await refusal(DELETE, { id }, as)).toMatchObject(need)
    const list = '{ credentials { nodes { id } } }'
    expect((await graph.as({ permissions: ['credentials:read'] }).run(list)).errors).toBeUndefined()
    expect(await refusal(list, {}, { permissions: ['projects:read'] })).toMatchObject({ need: 'credentials:read' })
  })
})

describe('no list tells a secret', () => {
  const found = async (args: string) =>
    (await graph.as().run(`{ credentials(${args}) { totalCount } }`)).data?.credentials.totalCount
  it('by search, by filter, or by order', async () => {
    await create({ name: 'Searched', uri: 'mysql://finder:CANARY-findme@found.example.com/orders?token=CANARY-findme' })
    expect(await found('search: "found"')).toBe(1)
    for (const word of ['findme', 'CANARY', '9b1d']) expect(await found(`search: "${word}"`)).toBe(0)
    const schema = await graph.as().run(`{ filter: __type(name: "CredentialFilter") { inputFields { name } }
      order: __type(name: "CredentialOrderField") { enumValues { name } } }`)
    expect(JSON.stringify(schema.data)).not.toMatch(/uri|secret|wrapped|keyId/i)
  })
})
