import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Caller, testGraph } from '../../../../test/kit/graph.ts'
import { transaction } from '../../../core/context.ts'
import type { Permission } from '../../../core/permissions.ts'
import { connected } from '../../../db/connected.ts'
import { SCHEDULES } from '../../../jobs/schedules.ts'
import { shareTable } from '../../tables/shares.ts'
import { ensureSpace } from '../../tables/space/ensure.ts'
import { inSpace } from '../../tables/space/within.ts'

/** Whether a role may still sign in is judged by the database's own clock. */
const NOW = new Date()
const graph = testGraph({ OPSGRAPH_CLOCK: NOW.toISOString() })

const ISSUE = `mutation ($input: IssueCredentialInput!) { issueCredential(input: $input) {
  id kind access engine host port database username maskedUri groupId expiresAt revokedAt } }`
const ROTATE = 'mutation ($id: ID!) { rotateCredential(id: $id) { id rotatedAt } }'
const REVOKE = 'mutation ($id: ID!) { revokeCredential(id: $id) { id revokedAt } }'
const DELETE = 'mutation ($id: ID!) { deleteCredential(id: $id) { id } }'
const REVEAL = 'mutation ($id: ID!) { revealCredential(id: $id, input: { reason: "A test." }) { uri } }'

const told = async (query: string, variables: object, as?: Caller) => graph.as(as).run(query, { ...variables })
const done = async (query: string, variables: object, as?: Caller) => {
  const { data, errors } = await told(query, variables, as)
  expect(errors).toBeUndefined()
  return Object.values(data)[0] as Record<string, any>
}
const refusal = async (query: string, variables: object, as?: Caller): Promise<Record<string, any> | undefined> => {
  const [error] = (await told(query, variables, as)).errors ?? []
  return error && { message: error.message, ...error.extensions }
}

const asOwner = <R extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
  connected(
    { connectionString: graph.kit.config.databaseUrl! },
    async (client) => (await client.query<R>(text, values)).rows,
  )
/** What one statement answers, by a URI as any client has it. */
const by = <R extends pg.QueryResultRow>(uri: string, text: string) =>
  connected({ connectionString: uri }, async (client) => (await client.query<R>(text)).rows)
const denied = (uri: string, text: string) =>
  by(uri, text).then(
    () => 'allowed',
    (error: { code?: string }) => error.code,
  )

let salt = 0
async function group(as?: Caller): Promise<string> {
  salt += 1
  const { id: projectId } = await done(`mutation { createProject(input: { name: "Project ${salt}" }) { id } }`, {}, as)
  const input = { name: 'Group', projectId }
  return (await done('mutation ($input: CreateGroupInput!) { createGroup(input: $input) { id } }', { input }, as)).id
}

type Made = { id: number; name: string; schema: string; organization: 'a' | 'b' }
/** A table as the room of tables makes it. */
async function table(groupId: string, organization: 'a' | 'b' = 'a'): Promise<Made> {
  const { ctx } = graph.as({ organization })
  const physicalName = `t_${randomBytes(8).toString('hex')}`
  return transaction(ctx, async (tx) => {
    const space = await ensureSpace(tx, ctx)
    const data = { organizationId: ctx.organizationId, groupId: Number(groupId), name: physicalName, physicalName }
    const { id } = await tx.managedTable.create({ data })
    const at = `${space.schemaName}.${physicalName}`
    await inSpace(tx, space, async () => {
      await tx.$executeRawUnsafe(`CREATE TABLE ${at} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, word text)`)
      await tx.$executeRawUnsafe(`INSERT INTO ${at} (word) VALUES ('${organization}')`)
    })
    await shareTable(tx, ctx, space, { groupId: Number(groupId), physicalName })
    return { id, name: physicalName, schema: space.schemaName, organization }
  })
}

type Issued = { id: string; username: string; uri: string; [field: string]: any }
async function issue(groupId: string, more: object = {}, as?: Caller): Promise<Issued> {
  const made = await done(ISSUE, { input: { name: 'Issued', groupId, ...more } }, as)
  return { ...made, uri: await reveal(made.id, as) } as Issued
}
let keys = 1
async function reveal(id: string, as?: Caller): Promise<string> {
  const session = graph.as(as)
  keys += 1
  session.ctx.actor = { ...session.ctx.actor, id: keys }
  const { data, errors } = await session.run(REVEAL, { id })
  expect(errors).toBeUndefined()
  return data.revealCredential.uri
}

const exists = async (role: string): Promise<boolean> =>
  (await asOwner('SELECT FROM pg_roles WHERE rolname = $1', [role])).length > 0

/** A cluster that lets everybody in (`trust`) cannot show that a password is asked for. */
const asksPasswords = async (uri: string): Promise<boolean> => {
  const wrong = new URL(uri)
  wrong.password = 'wrong'
  const asked = (await denied(wrong.href, 'SELECT 1')) === '28P01'
  if (!asked) console.log('Not shown here, because this database lets roles in without a password.')
  return asked
}

const [NOT_PERMITTED, NO_LOGIN, WRONG_PASSWORD, ENDED] = ['42501', '28000', '28P01', '57P01']

describe('an issued credential', () => {
  it('is a role that reads the tables of its group, in sessions that begin in their schema', async () => {
    const id = await group()
    const { name } = await table(id)
    const { uri, username, ...made } = await issue(id)
    const { hostname, port, pathname } = new URL(graph.kit.config.databaseUrl!)
    expect(made).toMatchObject({
      ...{ kind: 'ISSUED', access: 'READ', engine: 'POSTGRESQL', groupId: id, revokedAt: null, host: hostname },
      ...{
        port: Number(port),
        database: pathname.slice(1),
        maskedUri: `postgresql://${username}:********@${hostname}:${port}${pathname}`,
      },
    })
    expect(Date.parse(made.expiresAt) - NOW.getTime()).toBe(30 * 86_400_000)
    expect(await by(uri, `SELECT id::int, word FROM ${name}`)).toEqual([{ id: 1, word: 'a' }])
    for (const statement of [
      `INSERT INTO ${name} (word) VALUES ('x')`,
      `UPDATE ${name} SET word = 'x'`,
      `DELETE FROM ${name}`,
    ])
      expect(await denied(uri, statement), statement).toBe(NOT_PERMITTED)
    const [role] = await asOwner('SELECT * FROM pg_roles WHERE rolname = $1', [username])
    expect(role).toMatchObject({
      ...{ rolcanlogin: true, rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false },
      ...{ rolreplication: false, rolinherit: false, rolconnlimit: 5, rolvaliduntil: new Date(made.expiresAt) },
    })
    expect(await by(uri, "SELECT current_setting('statement_timeout') AS bound")).toEqual([{ bound: '1min' }])
  })

  it('writes where it may', async () => {
    const id = await group()
    const { name } = await table(id)
    const { uri } = await issue(id, { access: 'READ_WRITE' })
    expect(await by(uri, `INSERT INTO ${name} (word) VALUES ('new') RETURNING id::int`)).toEqual([{ id: 2 }])
    await by(uri, `UPDATE ${name} SET word = 'changed' WHERE id = 2`)
    await by(uri, `DELETE FROM ${name} WHERE id = 1`)
    expect(await by(uri, `SELECT word FROM ${name}`)).toEqual([{ word: 'changed' }])
    for (const statement of [`TRUNCATE ${name}`, `ALTER TABLE ${name} ADD COLUMN x int`, `DROP TABLE ${name}`])
      expect(await denied(uri, statement), statement).toBe(NOT_PERMITTED)
  })

  it('reaches tables that come into its group later, and those that go no more', async () => {
    const [one, two] = [await group(), await group()]
    const { uri } = await issue(one)
    const other = await issue(two, { access: 'READ_WRITE' })
    const { id, name } = await table(one)
    expect(await by(uri, `SELECT word FROM ${name}`)).toHaveLength(1)
    expect(await denied(other.uri, `SELECT word FROM ${name}`)).toBe(NOT_PERMITTED)
    const { ctx } = graph.as()
    await transaction(ctx, async (tx) => {
      const space = await ensureSpace(tx, ctx)
      const where = { organizationId_id: { organizationId: ctx.organizationId, id } }
      await tx.managedTable.update({ where, data: { groupId: Number(two) } })
      await shareTable(tx, ctx, space, { groupId: Number(two), from: Number(one), physicalName: name })
    })
    expect(await denied(uri, `SELECT word FROM ${name}`)).toBe(NOT_PERMITTED)
    await by(other.uri, `INSERT INTO ${name} (word) VALUES ('moved')`)
  })

  it('sees a table that is made at the same moment, whichever is first', async () => {
    for (let round = 0; round < 4; round += 1) {
      const id = await group()
      const [{ name }, { uri }] = await Promise.all([table(id), issue(id)])
      expect(await by(uri, `SELECT word FROM ${name}`)).toHaveLength(1)
    }
  })
})

describe('nothing else is reached by it', () => {
  it('of this organization, of others, or of the server', async () => {
    const [own, other, theirs] = [await group(), await group(), await group({ organization: 'b' })]
    const [, elsewhere, foreign] = [await table(own), await table(other), await table(theirs, 'b')]
    await asOwner('CREATE SCHEMA IF NOT EXISTS somewhere')
    await asOwner('CREATE TABLE IF NOT EXISTS somewhere.thing (id int)')
    const { uri, username } = await issue(own, { access: 'READ_WRITE' })
    const theirOwn = await issue(theirs, { access: 'READ_WRITE' }, { organization: 'b' })
    const tables = await asOwner<{ name: string }>(
      "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'pgboss', 'somewhere')",
    )
    expect(tables.length).toBeGreaterThan(40)
    const statements = [
      ...tables.flatMap(({ name }) => [`SELECT FROM ${name} LIMIT 1`, `DELETE FROM ${name}`]),
      `SELECT * FROM ${elsewhere.schema}.${elsewhere.name}`,
      `INSERT INTO ${elsewhere.schema}.${elsewhere.name} (word) VALUES ('x')`,
      `SELECT * FROM ${foreign.schema}.${foreign.name}`,
      ...[
        `CREATE TABLE ${elsewhere.schema}.mine (id int)`,
        'CREATE TABLE public.mine (id int)',
        'CREATE TEMP TABLE mine (id int)',
      ],
      ...['CREATE SCHEMA mine', 'CREATE ROLE mine', `ALTER ROLE ${username} CREATEROLE`, 'CREATE DATABASE mine'],
      ...[
        `SET ROLE ${theirOwn.username}`,
        'SET ROLE opsgraph_app',
        'SET ROLE opsgraph_system',
        'SET ROLE pg_read_all_data',
      ],
      ...[`GRANT ${theirOwn.username} TO ${username}`, `GRANT opsgraph_app TO ${username}`],
      ...[
        'SELECT * FROM pg_authid',
        'SELECT * FROM pg_statistic',
        'SELECT * FROM pg_largeobject',
        'SELECT * FROM pg_hba_file_rules',
      ],
      ...['SELECT public.opsgraph_organization()', "SELECT public.opsgraph_protect('public.organization')"],
      ...["SELECT pg_read_file('/etc/passwd')", "COPY (SELECT 1) TO PROGRAM 'true'", "COPY (SELECT 1) TO '/tmp/out'"],
      ...['SELECT pg_reload_conf()', 'SELECT pg_promote()', 'SELECT pg_rotate_logfile()'],
    ]
    const allowed: string[] = []
    await connected({ connectionString: uri }, async (client) => {
      for (const statement of statements) {
        const code = await client.query(statement).then(
          () => 'allowed',
          (error: { code: string }) => error.code,
        )
        if (code !== NOT_PERMITTED) allowed.push(`${statement}: ${code}`)
      }
    })
    expect(allowed).toEqual([])
  })

  it('by functions of ours: what everybody may call is of the search, or a trigger’s', async () => {
    const { uri } = await issue(await group())
    const callable = await by<{ name: string }>(
      uri,
      `SELECT p.oid::regprocedure::text AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND has_schema_privilege(n.oid, 'USAGE')
       AND has_function_privilege(p.oid, 'EXECUTE') AND p.prorettype <> 'trigger'::regtype
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')`,
    )
    expect(callable).toEqual([])
  })

  it('by a list: only the tables of its group are named to it in the information schema', async () => {
    const [own, other] = [await group(), await group()]
    const [mine] = [await table(own), await table(other)]
    const { uri } = await issue(own)
    const seen = await by(
      uri,
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')",
    )
    expect(seen).toEqual([{ name: mine.name }])
  })
})

/** A session that says how it ended. */
async function opened(uri: string) {
  const client = new pg.Client({ connectionString: uri })
  client.on('error', () => {})
  const ended = new Promise<string>((done) =>
    client.once('error', (error: Error & { code?: string }) => done(error.code ?? error.message)),
  )
  await client.connect()
  return { client, ended }
}

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
    const { name, schema } = await table(id)
    const [one, two] = [await issue(id), await issue(id, { access: 'READ_WRITE' })]
    await done(REVOKE, { id: one.id })
    expect(await by(two.uri, `SELECT word FROM ${name}`)).toHaveLength(1)
    const { ctx } = graph.as()
    await transaction(ctx, async (tx) => {
      const space = await ensureSpace(tx, ctx)
      await inSpace(tx, space, () => tx.$executeRawUnsafe(`DROP TABLE ${schema}.${name}`))
    })
    await done(REVOKE, { id: two.id })
    expect(await exists(two.username)).toBe(false)
  })

  it('happens before one is deleted', async () => {
    const { id, username } = await issue(await group())
    await done(DELETE, { id })
    expect(await exists(username)).toBe(false)
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
    const { issueCredential } = await import('./verbs.ts')
    const { createPrisma, tenantClients } = await import('../../../db/client.ts')
    const { TenantPool } = await import('../../../db/tenant.ts')
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

it('psql signs in by its URI', async () => {
  const run = promisify(execFile)
  const installed = await run('psql', ['--version']).then(
    () => true,
    () => false,
  )
  if (!installed) return console.log('Not shown here: there is no psql.')
  const id = await group()
  const { name } = await table(id)
  const { uri } = await issue(id)
  const { stdout } = await run('psql', [uri, '--no-psqlrc', '-Atc', `SELECT id, word FROM ${name}`])
  expect(stdout).toBe('1|a\n')
  await expect(run('psql', [uri, '--no-psqlrc', '-Atc', 'SELECT * FROM public.organization'])).rejects.toMatchObject({
    stderr: expect.stringContaining('permission denied'),
  })
  expect((await run('psql', [uri, '--no-psqlrc', '-Atc', '\\dt'])).stdout).toContain(name)
})
