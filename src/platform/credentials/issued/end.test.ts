import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  asksPasswords,
  by,
  DELETE,
  denied,
  ENDED,
  ISSUE,
  issuedDesk,
  NO_LOGIN,
  NOW,
  opened,
  REVEAL,
  REVOKE,
  ROTATE,
  WRONG_PASSWORD,
} from '../../../../test/kit/issued.ts'
import { SCHEDULES } from '../../../jobs/schedules.ts'

const { graph, desk, done, refusal, asOwner, group, table, issue, reveal, exists } = issuedDesk()

describe('rotating', () => {
  it('ends the sessions of the password before, and nobody begins one by it', async () => {
    const id = await group()
    const { name } = await table(id)
    const issued = await issue(id)
    const session = await opened(issued.uri)
    await done(ROTATE, { id: issued.id })
    expect(await session.ended).toBe(ENDED)
    const uri = await reveal(issued.id)
    expect(uri).not.toBe(issued.uri)
    expect(await by(uri, `SELECT word FROM ${name}`)).toHaveLength(1)
    if (await asksPasswords(uri)) expect(await denied(issued.uri, 'SELECT 1')).toBe(WRONG_PASSWORD)
    const { audit } = await graph.trail()
    const rotated = audit.find(({ action, targetId }) => action === 'credential.rotated' && targetId === issued.id)
    expect(rotated?.changes).toMatchObject({ secretVersion: { from: 1, to: 2 } })
  })

  it('is for what was issued and is not over', async () => {
    const input = { name: 'Stored', uri: 'postgresql://app:x@db.example.com/orders' }
    const stored = await done('mutation ($input: CreateCredentialInput!) { createCredential(input: $input) { id } }', {
      input,
    })
    for (const query of [ROTATE, REVOKE])
      expect(await refusal(query, { id: stored.id })).toMatchObject({ code: 'CONFLICT' })
    const { id } = await issue(await group())
    await done(REVOKE, { id })
    for (const query of [ROTATE, REVOKE, REVEAL])
      expect(await refusal(query, { id })).toMatchObject({ code: 'CONFLICT' })
  })
})

describe('revoking', () => {
  it('ends its sessions and drops its role, whatever it left behind', async () => {
    const id = await group()
    const { name } = await table(id)
    const issued = await issue(id, { access: 'READ_WRITE' })
    const session = await opened(issued.uri)
    await session.client.query('SELECT lo_create(0)')
    await session.client.query('ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC')
    await session.client.query(`BEGIN; UPDATE ${name} SET word = 'held'`)
    expect(await done(REVOKE, { id: issued.id })).toMatchObject({ revokedAt: expect.any(String) })
    expect(await session.ended).toBe(ENDED)
    expect(await exists(issued.username)).toBe(false)
    expect([NO_LOGIN, WRONG_PASSWORD]).toContain(await denied(issued.uri, 'SELECT 1'))
    const kept = await graph.kit.app.query('SELECT uri FROM credential WHERE id = $1', [Number(issued.id)])
    expect(kept).toEqual([{ uri: null }])
    const { audit } = await graph.trail()
    expect(
      audit.find(({ action, targetId }) => action === 'credential.revoked' && targetId === issued.id),
    ).toBeDefined()
  })

  it('leaves the others of the group, and their tables can be dropped', async () => {
    const id = await group()
    const { id: dropped, name } = await table(id)
    const [one, two] = [await issue(id), await issue(id, { access: 'READ_WRITE' })]
    await done(REVOKE, { id: one.id })
    expect(await by(two.uri, `SELECT word FROM ${name}`)).toHaveLength(1)
    await desk.confirmed('delete', dropped)
    await done(REVOKE, { id: two.id })
    expect(await exists(two.username)).toBe(false)
  })

  it('happens before one is deleted', async () => {
    const { id, username } = await issue(await group())
    await done(DELETE, { id })
    expect(await exists(username)).toBe(false)
  })

  it('shuts a role that cannot be dropped, because it left something in another database', async () => {
    const id = await group()
    const { name } = await table(id)
    const issued = await issue(id)
    const elsewhere = (uri: string) => Object.assign(new URL(uri), { pathname: '/postgres' }).href
    await by(elsewhere(issued.uri), 'SELECT lo_create(0)')
    const session = await opened(issued.uri)
    await done(REVOKE, { id: issued.id })
    expect(await session.ended).toBe(ENDED)
    expect([NO_LOGIN, WRONG_PASSWORD]).toContain(await denied(issued.uri, 'SELECT 1'))
    const [left] = await asOwner<{ held: boolean }>("SELECT has_table_privilege($1, $2, 'SELECT') AS held", [
      issued.username,
      `org_${graph.a.id}.${name}`,
    ])
    expect([await exists(issued.username), left?.held]).toEqual([true, false])
    await by(elsewhere(graph.kit.config.databaseUrl!), `DROP OWNED BY ${issued.username}`)
    await asOwner(`DROP ROLE ${issued.username}`)
  })

  it('is content where the role is gone already', async () => {
    const { id, username } = await issue(await group())
    await asOwner(`ALTER ROLE ${username} RENAME TO ${username}_gone`)
    expect(await refusal(ROTATE, { id })).toMatchObject({ code: 'CONFLICT' })
    expect(await done(REVOKE, { id })).toMatchObject({ id })
  })

  it('leaves alone a role that another database’s row was copied with', async () => {
    const { id } = await issue(await group())
    const stranger = `opsgraph_org_1_${randomBytes(6).toString('hex')}`
    await asOwner(`CREATE ROLE ${stranger}`)
    try {
      await graph.kit.app.query('UPDATE credential SET username = $2 WHERE id = $1', [Number(id), stranger])
      await done(REVOKE, { id })
      expect(await exists(stranger)).toBe(true)
    } finally {
      await asOwner(`DROP ROLE ${stranger}`)
    }
  })
})

describe('an end', () => {
  const later = new Date(NOW.getTime() + 3_600_000)
  const schedule = SCHEDULES.find(({ name }) => name === 'expired-credentials')!

  it('that comes is enforced: the schedule drops the role, ends its sessions and says so', async () => {
    const [early, late] = [await issue(await group(), { expiresAt: later.toISOString() }), await issue(await group())]
    const session = await opened(early.uri)
    await schedule.run(graph.kit.app)
    expect(await exists(early.username)).toBe(true)
    await schedule.run({ ...graph.kit.app, clock: { now: () => later } })
    expect(await session.ended).toBe(ENDED)
    expect([await exists(early.username), await exists(late.username)]).toEqual([false, true])
    const { events } = await graph.trail()
    const expired = events.filter(({ type }) => type === 'credential.expired')
    expect(expired.map(({ data }) => (data as { id: number }).id)).toEqual([Number(early.id)])
  })

  it('keeps a role out by itself, whether or not anything runs', async () => {
    const { uri, username } = await issue(await group())
    const asked = await asksPasswords(uri)
    await asOwner(`ALTER ROLE ${username} VALID UNTIL '2020-01-01'`)
    if (asked) expect(await denied(uri, 'SELECT 1')).toBe(WRONG_PASSWORD)
  })

  it('is shown nothing of afterwards, and is neither past nor years away', async () => {
    const id = await group()
    const { id: credential } = await issue(id, { expiresAt: later.toISOString() })
    const session = graph.as()
    session.ctx.clock = { now: () => later }
    expect((await session.run(REVEAL, { id: credential })).errors?.[0]?.extensions.code).toBe('CONFLICT')
    for (const expiresAt of ['2020-01-01T00:00:00Z', new Date(NOW.getTime() + 400 * 86_400_000).toISOString()])
      expect(await refusal(ISSUE, { input: { name: 'x', groupId: id, expiresAt } })).toMatchObject({
        fields: { expiresAt: [expect.any(String)] },
      })
  })
})
