import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { by, denied, issuedDesk, NOT_PERMITTED, NOW } from '../../../../test/kit/issued.ts'
import { connected } from '../../../db/connected.ts'

const { graph, desk, asOwner, group, table, issue } = issuedDesk()

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
    await desk.done('update', { id, input: { groupId: two } })
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

  it('or one that leaves its group at the same moment', async () => {
    for (let round = 0; round < 4; round += 1) {
      const [one, two] = [await group(), await group()]
      const { id, name } = await table(one)
      const [, stayed, found] = await Promise.all([
        desk.done('update', { id, input: { groupId: two } }),
        issue(one),
        issue(two),
      ])
      expect(await denied(stayed.uri, `SELECT word FROM ${name}`)).toBe(NOT_PERMITTED)
      expect(await by(found.uri, `SELECT word FROM ${name}`)).toHaveLength(1)
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
