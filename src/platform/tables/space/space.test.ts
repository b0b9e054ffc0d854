import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { tenant } from '../../../../test/kit/app.ts'
import { testGraph } from '../../../../test/kit/graph.ts'
import { systemContext } from '../../../context.ts'
import { type Context, transaction } from '../../../core/context.ts'
import type { AppError } from '../../../core/errors.ts'
import { sqlState } from '../../../core/public-error.ts'
import { createPrisma, type Transaction, tenantClients } from '../../../db/client.ts'
import { connected } from '../../../db/connected.ts'
import { TenantPool } from '../../../db/tenant.ts'
import { ensureSpace, type Space } from './ensure.ts'
import { rolePrefix, spaceNames } from './names.ts'
import { BOUNDS, inSpace } from './within.ts'

const graph = testGraph()
type Which = 'a' | 'b'

const ensured = (organization: Which = 'a') => {
  const { ctx } = graph.as({ organization })
  return transaction(ctx, (tx) => ensureSpace(tx, ctx))
}
const within = <T>(work: (tx: Transaction, space: Space) => Promise<T>, organization: Which = 'a') => {
  const { ctx } = graph.as({ organization })
  const inside = async (tx: Transaction) => {
    const space = await ensureSpace(tx, ctx)
    return inSpace(tx, space, () => work(tx, space))
  }
  return transaction(ctx, inside, BOUNDS)
}
const asOwner = <R extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
  connected(
    { connectionString: graph.kit.config.databaseUrl! },
    async (client) => (await client.query<R>(text, values)).rows,
  )

const databaseNumber = async (): Promise<number> =>
  (await asOwner<{ oid: number }>('SELECT oid FROM pg_database WHERE datname = current_database()'))[0]!.oid

const signedIn = (user: string, password: string): string =>
  Object.assign(new URL(graph.kit.config.databaseUrl!), { username: user, password }).href

/** An organization that has no space yet. */
async function newcomer(slug: string): Promise<Context> {
  const { id } = await tenant(graph.kit.app, slug)
  return systemContext(graph.kit.app, id, slug)
}

const OWNED = `SELECT nspname AS schema, pg_get_userbyid(nspowner) AS owner, r.rolcanlogin AS login, r.rolsuper AS super
  FROM pg_namespace JOIN pg_roles r ON r.oid = nspowner WHERE nspname = $1`

describe('the space of an organization', () => {
  it('is made once, however many need it at the same moment', async () => {
    const spaces = await Promise.all(Array.from({ length: 8 }, () => ensured()))
    const { a } = graph
    expect(new Set(spaces.map(({ roleName }) => roleName)).size).toBe(1)
    expect(spaces[0]).toMatchObject({ organizationId: a.id, schemaName: `org_${a.id}` })
    expect(await asOwner(OWNED, [`org_${a.id}`])).toEqual([
      { schema: `org_${a.id}`, owner: spaces[0]!.roleName, login: false, super: false },
    ])
  })

  it('is made for two organizations at the same moment, each with a role of its own', async () => {
    const [a, b] = await Promise.all([ensured('a'), ensured('b')])
    expect(a.roleName).not.toBe(b.roleName)
    const oid = await databaseNumber()
    expect([a.roleName, b.roleName]).toEqual([graph.a.id, graph.b.id].map((id) => `opsgraph_org_${oid}_${id}`))
  })

  it('vanishes with the transaction that made it', async () => {
    const ctx = await newcomer('vanishing')
    const undone = transaction(ctx, async (tx) => {
      await ensureSpace(tx, ctx)
      throw new Error('changed my mind')
    })
    await expect(undone).rejects.toThrow('changed my mind')
    const { schemaName, roleName } = spaceNames(await databaseNumber(), ctx.organizationId)
    expect(await asOwner(OWNED, [schemaName])).toEqual([])
    expect(await asOwner('SELECT FROM pg_roles WHERE rolname = $1', [roleName])).toEqual([])
    expect(await transaction(ctx, (tx) => ensureSpace(tx, ctx))).toMatchObject({ schemaName, roleName })
  })
})

describe('inside the space', () => {
  it('everything is done as its role, and afterwards as the application again', async () => {
    const { ctx } = graph.as()
    const now = `SELECT current_user::text AS role, current_setting('search_path') AS path, current_setting('lock_timeout') AS lock`
    const [space, before, inside, after] = await transaction(ctx, async (tx) => {
      const space = await ensureSpace(tx, ctx)
      const ask = () => tx.$queryRawUnsafe<any[]>(now)
      return [space, await ask(), await inSpace(tx, space, ask), await ask()] as const
    })
    expect(inside[0]).toEqual({
      ...{ role: space.roleName, path: `pg_catalog, "${space.schemaName}", pg_temp`, lock: '2s' },
    })
    expect(before[0].role).toBe('opsgraph_app')
    expect(after).toEqual(before)
  })

  it('goes back to the application where the work refuses by itself', async () => {
    const { ctx } = graph.as()
    const role = await transaction(ctx, async (tx) => {
      const space = await ensureSpace(tx, ctx)
      await expect(inSpace(tx, space, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
      return tx.$queryRaw<any[]>`SELECT current_user::text AS role`
    })
    expect(role).toEqual([{ role: 'opsgraph_app' }])
  })

  const DENIED = '42501'
  it.each([
    'SELECT * FROM public.organization',
    'SELECT * FROM public.managed_space',
    'SELECT public.opsgraph_organization()',
    'CREATE TABLE public.mine (id int)',
    'CREATE SCHEMA mine',
    'CREATE ROLE mine',
    'INSERT INTO public.audit_event SELECT * FROM public.audit_event',
    'SELECT * FROM pgboss.job',
  ])('may not say: %s', async (statement) => {
    const refused = await within((tx) => tx.$executeRawUnsafe(statement)).catch((error: unknown) => error)
    expect(sqlState((refused as AppError).cause)).toBe(DENIED)
  })

  it('reaches nothing of another organization', async () => {
    const theirs = await within(async (tx, space) => {
      await tx.$executeRawUnsafe(`CREATE TABLE ${space.schemaName}.secret (word text)`)
      return space
    })
    for (const statement of [
      `SELECT * FROM ${theirs.schemaName}.secret`,
      `CREATE TABLE ${theirs.schemaName}.mine (id int)`,
      `GRANT ${theirs.roleName} TO CURRENT_USER`,
      `DROP SCHEMA ${theirs.schemaName} CASCADE`,
    ]) {
      const refused = await within((tx) => tx.$executeRawUnsafe(statement), 'b').catch((error: unknown) => error)
      expect(sqlState((refused as AppError).cause), statement).toBe(DENIED)
    }
  })

  it('waits a while for a lock, and then says so', async () => {
    const { schemaName, roleName } = await within(async (tx, space) => {
      await tx.$executeRawUnsafe(`CREATE TABLE ${space.schemaName}.busy (id int)`)
      return space
    })
    await connected({ connectionString: graph.kit.config.databaseUrl! }, async (client) => {
      await client.query(`BEGIN; SET LOCAL ROLE ${roleName}; LOCK TABLE ${schemaName}.busy`)
      const waiting = within((tx) => tx.$executeRawUnsafe(`SELECT * FROM ${schemaName}.busy`))
      await expect(waiting).rejects.toMatchObject({ code: 'CONFLICT', details: { retryAfter: 5 } })
    })
  })

  it('is given up after its time', async () => {
    const slow = within((tx) => tx.$executeRawUnsafe('SELECT pg_sleep(60)'))
    await expect(slow).rejects.toMatchObject({ code: 'UNPROCESSABLE' })
  })
})

describe('a server that may not make roles', () => {
  it('says what an operator runs once, and is content afterwards', async () => {
    const ctx = await newcomer('modest')
    // Dropped with the database, as all roles are whose names begin like this.
    const login = `${rolePrefix(await databaseNumber())}modest`
    await asOwner(`CREATE ROLE ${login} LOGIN PASSWORD 'modest'`)
    await asOwner(`GRANT opsgraph_app TO ${login}`)
    const pool = new TenantPool({ connectionString: signedIn(login, 'modest') })
    const db = tenantClients({ ...graph.kit.app, prisma: createPrisma(pool), pool })(ctx.organizationId)
    const modest = { ...ctx, db }
    const make = () => transaction(modest, (tx) => ensureSpace(tx, modest))
    try {
      const refused = await make().catch((error: AppError) => error)
      expect(refused).toMatchObject({ code: 'UNAVAILABLE' })
      const [, statements] = /an operator runs once: (.*;)$/.exec((refused as AppError).message)!
      // Whoever makes roles without being a superuser has to be let in first.
      const { roleName } = spaceNames(await databaseNumber(), ctx.organizationId)
      await asOwner(statements!.replace('; CREATE SCHEMA', `; GRANT ${roleName} TO CURRENT_USER; CREATE SCHEMA`))
      const space = await make()
      expect(
        await transaction(modest, (tx) => inSpace(tx, space, () => tx.$queryRaw`SELECT current_user::text AS role`)),
      ).toEqual([{ role: space.roleName }])
    } finally {
      await pool.end()
    }
  })

  it('refuses a role that may do too much, and a schema of somebody else', async () => {
    const strong = await newcomer('strong')
    const { roleName, schemaName } = spaceNames(await databaseNumber(), strong.organizationId)
    await asOwner(`CREATE ROLE ${roleName} CREATEROLE`)
    const make = () => transaction(strong, (tx) => ensureSpace(tx, strong))
    await expect(make()).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('too much') })
    await asOwner(`ALTER ROLE ${roleName} NOCREATEROLE`)
    await asOwner(`CREATE SCHEMA ${schemaName}`)
    await expect(make()).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('belongs to') })
  })
})
