import { describe, expect, it } from 'vitest'
import { tenant } from '../../../../test/kit/app.ts'
import type { Caller } from '../../../../test/kit/graph.ts'
import { by, DELETE, ISSUE, issuedDesk, REVOKE, ROTATE } from '../../../../test/kit/issued.ts'
import { systemContext } from '../../../context.ts'
import type { Permission } from '../../../core/permissions.ts'
import { createPrisma, tenantClients } from '../../../db/client.ts'
import { TenantPool } from '../../../db/tenant.ts'
import { createGroup } from '../../groups/verbs.ts'
import { createProject } from '../../projects/verbs.ts'
import { createTable } from '../../tables/verbs.ts'
import { issueCredential } from './verbs.ts'

const { graph, done, refusal, asOwner, group, table, issue, exists } = issuedDesk()

describe('issuing', () => {
  it('is for a group of one’s own organization, and for whoever manages credentials', async () => {
    const theirs = await group({ organization: 'b' })
    for (const groupId of [theirs, '2000000000'])
      expect(await refusal(ISSUE, { input: { name: 'x', groupId } })).toMatchObject({
        fields: { groupId: ['No such row.'] },
      })
    const as: Caller = { permissions: ['credentials:read', 'credentials:reveal'] }
    expect(await refusal(ISSUE, { input: { name: 'x', groupId: '1' } }, as)).toMatchObject({
      need: 'credentials:manage',
    })
    for (const query of [ROTATE, REVOKE])
      expect(await refusal(query, { id: '1' }, as)).toMatchObject({ need: 'credentials:manage' })
  })

  it('opens nothing that whoever issues may not open', async () => {
    const groupId = await group()
    const needs = async (access: string, ...permissions: Permission[]) =>
      (await refusal(ISSUE, { input: { name: 'x', groupId, access } }, { permissions }))?.need
    const manage: Permission[] = ['credentials:read', 'credentials:manage']
    expect(await needs('READ', ...manage)).toBe('tables:read')
    expect(await needs('READ_WRITE', ...manage, 'tables:read')).toBe('tables:write')
    expect(await needs('READ', ...manage, 'tables:read')).toBeUndefined()
  })

  it('of another organization’s credential is as of none', async () => {
    const { id, username } = await issue(await group({ organization: 'b' }), {}, { organization: 'b' })
    for (const each of [id, '2000000000'])
      for (const query of [ROTATE, REVOKE, DELETE])
        expect(await refusal(query, { id: each })).toMatchObject({ code: 'NOT_FOUND' })
    expect(await exists(username)).toBe(true)
  })

  it('leaves no role behind where it is not told of', async () => {
    const groupId = await group()
    const count = async () =>
      (await asOwner<{ n: number }>("SELECT count(*)::int AS n FROM pg_roles WHERE rolname ~ '^opsgraph_org_'"))[0]!.n
    const before = await count()
    const session = graph.as()
    session.ctx.address = '\0'
    expect((await session.run(ISSUE, { input: { name: 'x', groupId } })).errors?.[0]?.extensions.code).toBe(
      'INTERNAL_ERROR',
    )
    expect(await count()).toBe(before)
  })

  it('keeps what was settled: neither URI nor group nor end is changed by hand', async () => {
    const [id, other] = [await group(), await group()]
    const { id: credential, maskedUri } = await issue(id)
    const UPDATE =
      'mutation ($id: ID!, $input: UpdateCredentialInput!) { updateCredential(id: $id, input: $input) { name } }'
    for (const input of [{ uri: 'mysql://x@y' }, { groupId: other }, { groupId: null }, { expiresAt: null }])
      expect(await refusal(UPDATE, { id: credential, input })).toMatchObject({ code: 'INVALID_REQUEST' })
    expect(await done(UPDATE, { id: credential, input: { name: 'Better', uri: maskedUri } })).toEqual({
      name: 'Better',
    })
  })

  it('happens for several at the same moment, in any group', async () => {
    const groups = [await group(), await group(), await group({ organization: 'b' })]
    const wished = [...groups, ...groups].map((id, nth) => issue(id, {}, { organization: nth % 3 === 2 ? 'b' : 'a' }))
    const issued = await Promise.all(wished)
    for (const { uri } of issued) expect(await by(uri, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(new Set(issued.map(({ username }) => username)).size).toBe(6)
  })

  it('says what an operator does where the server may not make roles', async () => {
    const { ctx } = graph.as()
    const groupId = Number(await group())
    const [{ oid }] = (await asOwner<{ oid: number }>(
      'SELECT oid FROM pg_database WHERE datname = current_database()',
    )) as [{ oid: number }]
    const login = `opsgraph_org_${oid}_modest`
    await asOwner(`CREATE ROLE ${login} LOGIN PASSWORD 'modest'`)
    await asOwner(`GRANT opsgraph_app TO ${login}`)
    const url = Object.assign(new URL(graph.kit.config.databaseUrl!), { username: login, password: 'modest' }).href
    const pool = new TenantPool({ connectionString: url })
    try {
      await table(String(groupId))
      const db = tenantClients({ ...graph.kit.app, prisma: createPrisma(pool), pool })(ctx.organizationId)
      const refused = issueCredential({ ...ctx, db }, { name: 'x', groupId })
      await expect(refused).rejects.toMatchObject({
        ...{ code: 'UNAVAILABLE', message: expect.stringContaining(`ALTER ROLE "${login}" CREATEROLE;`) },
      })
    } finally {
      await pool.end()
    }
  })
})

it('the first of an organization may be made while its first table is', async () => {
  for (let round = 0; round < 3; round += 1) {
    const { id: organizationId } = await tenant(graph.kit.app, `newcomer-${round}`)
    const ctx = systemContext(graph.kit.app, organizationId, 'newcomer')
    const project = await createProject(ctx, { name: 'First' })
    const { id: groupId } = await createGroup(ctx, { name: 'First', projectId: project.id })
    const [made, { username }] = await Promise.all([
      createTable(ctx, { name: 'First', groupId, columns: [{ name: 'word', type: 'text' }] }),
      issueCredential(ctx, { name: 'First', groupId }),
    ])
    const [rights] = await asOwner<{ held: boolean }>("SELECT has_table_privilege($1, $2, 'SELECT') AS held", [
      username,
      `org_${organizationId}.${made.physicalName}`,
    ])
    expect(rights?.held).toBe(true)
  }
})
