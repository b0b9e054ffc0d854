import { AsyncLocalStorage } from 'node:async_hooks'
import { availableParallelism } from 'node:os'
import pg from 'pg'
import type { Texts } from './bare-query.ts'
import { Lanes } from './lanes.ts'
import { hasLearnt, learnScope, type ScopeValues, scopeStatement } from './scope.ts'
import { type ScopedConfig, sendScoped, together } from './scoped-query.ts'
import { wire } from './wire.ts'

/** Whose rows a statement may touch: one organization's, or (for the server's own work) everybody's. */
export type Scope =
  | {
      role: 'opsgraph_app'
      organizationId: number
      /** The person who asks, where the statement reads which organizations are theirs. */
      userId?: number
    }
  | { role: 'opsgraph_system' }

const SYSTEM: Scope = { role: 'opsgraph_system' }
const scopes = new AsyncLocalStorage<Scope>()

export const inOrganization = <T>(organizationId: number, work: () => T): T =>
  scopes.run({ role: 'opsgraph_app', organizationId }, work)

/** Beside the organization's rows: which organizations a person belongs to. */
export const asMember = <T>(organizationId: number, userId: number, work: () => T): T =>
  scopes.run({ role: 'opsgraph_app', organizationId, userId }, work)

export const asSystem = <T>(work: () => T): T => scopes.run(SYSTEM, work)

function currentScope(): ScopeValues {
  const scope = scopes.getStore()
  if (!scope) throw new Error('A statement was about to run outside any tenant scope.')
  return settingsOf(scope)
}

function settingsOf(scope: Scope): ScopeValues {
  if (scope.role === 'opsgraph_system') return [scope.role, '']
  const { role, organizationId, userId } = scope
  return userId === undefined ? [role, String(organizationId)] : [role, String(organizationId), String(userId)]
}

const scopeOf = (organizationId: number) => settingsOf({ role: 'opsgraph_app', organizationId })

type Query = ScopedConfig | string
const configured = (query: Query): ScopedConfig => (typeof query === 'string' ? { text: query } : query)

type Answer = Promise<pg.QueryResult>

/** So many brief statements share a connection, and a transaction, one after another. */
const TOGETHER = 16

/** More at once than the cores can work on only make each other slower, here and in a database on the same machine. */
const LANES = 2 * availableParallelism() + 2
/** Who takes longer is not working, or should not be waited for. */
const LONG_MS = 25

const BEGUN = { command: 'BEGIN', rowCount: null, oid: 0, fields: [], rows: [] } as pg.QueryResult

/**
 * A connection on which BEGIN always brings the scope along, and is not waited for: the first statement follows at once,
 * and fails with whatever BEGIN or the scope failed with.
 */
function scopedClient(client: pg.PoolClient, scope: ScopeValues): pg.PoolClient {
  const bound = Object.create(client) as pg.PoolClient & { query: (query: Query) => Answer }
  let begun: Promise<unknown> = Promise.resolve()
  bound.query = (query: Query) => {
    if (configured(query).text !== 'BEGIN') return Promise.all([client.query(query), begun]).then(([result]) => result)
    begun = Promise.all(together(client, () => [client.query('BEGIN'), client.query(scopeStatement(scope))]))
    begun.catch(() => {})
    return Promise.resolve(BEGUN)
  }
  return bound
}

type Waiting = {
  config: ScopedConfig
  scope: ScopeValues
  resolve: (result: pg.QueryResult) => void
  reject: (error: unknown) => void
}

const rowsOf = ({ rows }: pg.QueryResult): readonly Texts[] => rows

/** An error without an SQLSTATE is the connection's, not the statement's. */
const isBroken = (error: unknown): boolean => (error as { code?: string }).code?.length !== 5

/** Through once each statement has its answer; what the connection broke by, if it did. */
const carry = (client: pg.PoolClient, batch: readonly Waiting[]): Promise<Error | undefined> =>
  new Promise((through) => {
    let left = batch.length
    let broken: Error | undefined
    const answered = ({ resolve, reject }: Waiting, error: Error | null, result: pg.QueryResult) => {
      if (!error) resolve(result)
      else reject(error)
      if (error && isBroken(error)) broken = error
      left -= 1
      if (left === 0) through(broken)
    }
    const asked = batch.map((waiting) => ({
      config: waiting.config,
      scope: waiting.scope,
      done: (error: Error | null, result: pg.QueryResult) => answered(waiting, error, result),
    }))
    sendScoped(client, asked)
  })

/** Every statement runs under a scope that is set right before it, in its transaction; without one it is refused before it is sent. */
export class TenantPool extends pg.Pool {
  private waiting: Waiting[] = []
  private brief: Waiting[] = []
  private readonly lanes = new Lanes<pg.PoolClient>(
    { open: () => this.plainClient(), close: (client, broken) => client.release(broken) },
    LANES,
    LONG_MS,
  )

  constructor(config: pg.PoolConfig) {
    super({ ...config, pipeline: true, stream: wire } as pg.PoolConfig)
    // The pool hears of a lost connection only while it is idle; unheard, the loss of a busy one would end the process.
    this.on('connect', (client) => client.on('error', () => {}))
  }

  override async connect(): Promise<pg.PoolClient> {
    const scope = currentScope()
    const client = await this.plainClient()
    return scopedClient(client, scope)
  }

  override query(query: Query): Promise<pg.QueryResult> {
    return new Promise((resolve, reject) => {
      const config = configured(query)
      const scope = config.organizationId === undefined ? currentScope() : scopeOf(config.organizationId)
      const asked = { config, scope, resolve, reject }
      if (config.brief) {
        if (this.brief.push(asked) === 1) setImmediate(() => this.flushBrief())
      } else if (this.waiting.push(asked) === 1) process.nextTick(() => this.flush())
    })
  }

  /** The texts of a bare statement's rows, in an organization. */
  texts(config: ScopedConfig & { organizationId: number; bare: true }): Promise<readonly Texts[]> {
    return this.query(config).then(rowsOf)
  }

  /** Several statements of one scope in one transaction. */
  async pipeline(statements: readonly Query[]): Promise<pg.QueryResult[]> {
    const client = await this.connect()
    let broken: Error | undefined
    try {
      await client.query('BEGIN')
      const sent = together(client, () => [
        ...statements.map((each) => client.query(configured(each))),
        client.query('COMMIT'),
      ])
      const results = await Promise.allSettled(sent)
      const failed = results.find((result) => result.status === 'rejected')
      if (failed) throw failed.reason
      return results.slice(0, -1).map((result) => (result as PromiseFulfilledResult<pg.QueryResult>).value)
    } catch (error) {
      broken = isBroken(error) ? (error as Error) : undefined
      throw error
    } finally {
      client.release(broken)
    }
  }

  private async plainClient(): Promise<pg.PoolClient> {
    const client = await super.connect()
    try {
      if (!hasLearnt(client)) await learnScope(client)
      return client
    } catch (error) {
      client.release(error as Error)
      throw error
    }
  }

  /** What one tick asks leaves in one write on one connection; each statement is still its own transaction. */
  private flush(): void {
    const batch = this.waiting
    this.waiting = []
    this.hand(batch)
  }

  /** Of what takes less time than a write costs, all that one turn of the event loop asks shares a few. */
  private flushBrief(): void {
    const batch = this.brief
    this.brief = []
    for (let at = 0; at < batch.length; at += TOGETHER) this.hand(batch.slice(at, at + TOGETHER))
  }

  private hand(batch: readonly Waiting[]): void {
    this.lanes.run({
      on: (client) => carry(client, batch),
      fail(error) {
        for (const { reject } of batch) reject(error)
      },
    })
  }
}

export type SystemQuery = <R extends pg.QueryResultRow>(
  text: string,
  values: unknown[],
  name?: string,
  how?: Pick<ScopedConfig, 'planned'>,
) => Promise<R[]>

/** For the server's own work across organizations: credentials, batches, health. */
export const systemQuery =
  (pool: TenantPool): SystemQuery =>
  async <R extends pg.QueryResultRow>(text: string, values: unknown[], name?: string, how?: object) => {
    const result = await asSystem(() => pool.query({ text, values, ...(name && { name }), ...how }))
    return result.rows as R[]
  }
