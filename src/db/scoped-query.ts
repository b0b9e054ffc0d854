import pg from 'pg'
import { type Bare, BareQuery, type Done, isSent, mayShare, SharedQuery } from './bare-query.ts'
import { type ScopeValues, settingName } from './scope.ts'

export type ScopedConfig = pg.QueryConfig & {
  /** Whose rows it may touch, where no scope around it says so. */
  organizationId?: number
  /** Its columns are texts that are known by their places: PostgreSQL need not describe them each time. */
  bare?: boolean
  /** Whatever the parameters, one plan is the best. */
  planned?: boolean
  /** It only reads, a row by its key: sending it takes longer than answering it. */
  brief?: boolean
}

/** A statement, whose rows it may touch, and who is told. */
export type Scoped = { config: ScopedConfig; scope: ScopeValues; done: Done }

type Connection = { bind(config: object): void; execute(config: object): void }
type PgQuery = {
  prepare(connection: Connection): void
  handleCommandComplete(message: object, connection: Connection): void
}

const Query = pg.Query as unknown as new (config: object, values: undefined, done: Done) => PgQuery

const AS_TEXTS = { rowMode: 'array', types: { getTypeParser: () => (value: string) => value } }

/**
 * A statement and its scope in one implicit transaction: both are sent before a single Sync, so the setting ends with it.
 * Half of what BEGIN … COMMIT costs, and nothing to leave behind on the connection.
 */
class ScopedQuery extends Query {
  private scope: ScopeValues | undefined
  private readonly setting: string

  constructor({ config: { planned, bare, brief: _, organizationId: __, ...config }, scope, done }: Scoped) {
    super({ ...config, ...(bare && AS_TEXTS), queryMode: 'extended' }, undefined, done)
    this.scope = scope
    this.setting = settingName(scope, planned)
  }

  override prepare(connection: Connection): void {
    connection.bind({ statement: this.setting, values: this.scope })
    connection.execute({})
    super.prepare(connection)
  }

  override handleCommandComplete(message: object, connection: Connection): void {
    if (this.scope) this.scope = undefined
    else super.handleCommandComplete(message, connection)
  }
}

type Wire = {
  connection: Parameters<typeof mayShare>[1] & { stream: { cork(): void; uncork(): void } }
}

const connectionOf = (client: pg.ClientBase) => (client as unknown as Wire).connection

/** Whatever is sent meanwhile leaves in one write. */
export function together<T>(client: pg.ClientBase, send: () => T): T {
  const { stream } = connectionOf(client)
  stream.cork()
  try {
    return send()
  } finally {
    stream.uncork()
  }
}

/** Calls back once, however often the driver tells of a lost connection. */
function once(done: Done): Done {
  let told = false
  return (error, result) => {
    if (told) return
    told = true
    done(error, result)
  }
}

type Outgoing = Scoped & { isBare: boolean }

const isBare = ({ bare, values }: ScopedConfig): boolean => bare === true && values!.every(isSent)

function sendAlone(client: pg.ClientBase, asked: Outgoing): void {
  try {
    client.query((asked.isBare ? new BareQuery(asked) : new ScopedQuery(asked)) as never)
  } catch (error) {
    asked.done(error as Error, undefined as never)
  }
}

function sendShared(client: pg.ClientBase, all: readonly Outgoing[]): void {
  const each = (some: readonly Bare[]) => {
    for (const one of some) sendAlone(client, { ...one, isBare: true })
  }
  try {
    client.query(new SharedQuery(all, each) as never)
  } catch {
    each(all)
  }
}

/** Sends them in one write; those that may share a transaction do. */
export function sendScoped(client: pg.ClientBase, batch: readonly Scoped[]): void {
  const all = batch.map(({ config, scope, done }) => ({ config, scope, done: once(done), isBare: isBare(config) }))
  const [first] = all
  const connection = connectionOf(client)
  const shared = all.length > 1 ? all.filter((asked) => asked.isBare && mayShare(asked, connection)) : []
  // What is bare, or shared, is one piece already.
  if (all.length === 1 && first!.isBare) sendAlone(client, first!)
  else if (all.length === shared.length) sendShared(client, shared)
  else
    together(client, () => {
      if (shared.length > 0) sendShared(client, shared)
      for (const asked of all) if (!shared.includes(asked)) sendAlone(client, asked)
    })
}
