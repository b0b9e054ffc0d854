import pg from 'pg'

/** Sets the scope and returns no row, so that its answer cannot be taken for the statement's. */
const SCOPE = {
  name: 'scope',
  text: "SELECT 1 WHERE set_config('role', $1, true) IS NULL OR set_config('opsgraph.organization_id', $2, true) IS NULL OR set_config('opsgraph.user_id', $3, true) IS NULL",
}

/** The same for a statement that is planned once, where PostgreSQL would plan it anew for each pattern looked for. */
const PLANNED = {
  name: 'scope-planned',
  text: `${SCOPE.text} OR set_config('plan_cache_mode', 'force_generic_plan', true) IS NULL`,
}

export type ScopedConfig = pg.QueryConfig & {
  /** Whatever the parameters, one plan is the best. */
  planned?: boolean
  /** It reads a row by its key: sending it takes longer than answering it. */
  brief?: boolean
}

type Connection = {
  bind(config: object): void
  execute(config: object): void
}
type Done = (error: Error | null, result: pg.QueryResult) => void
type PgQuery = {
  prepare(connection: Connection): void
  handleCommandComplete(message: object, connection: Connection): void
}

const Query = pg.Query as unknown as new (config: object, values: undefined, done: Done) => PgQuery

/**
 * A statement and its scope in one implicit transaction: both are sent before a single Sync, so the setting ends with it.
 * Half of what BEGIN … COMMIT costs, and nothing to leave behind on the connection.
 */
class ScopedQuery extends Query {
  private scope: readonly string[] | undefined
  private readonly setting: string

  constructor({ planned, brief: _, ...config }: ScopedConfig, scope: readonly string[], done: Done) {
    super({ ...config, queryMode: 'extended' }, undefined, done)
    this.scope = scope
    this.setting = (planned ? PLANNED : SCOPE).name
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

const prepared = new WeakSet<object>()

const NOBODY = { values: ['none', '', ''] }

/** A connection learns the scope's statements once, before it carries anything. */
export async function learnScope(client: pg.ClientBase): Promise<void> {
  if (prepared.has(client)) return
  await Promise.all([SCOPE, PLANNED].map((each) => client.query({ ...each, ...NOBODY })))
  prepared.add(client)
}

export const scopeStatement = (values: readonly string[]): pg.QueryConfig => ({ ...SCOPE, values: [...values] })

export const sendScoped = (
  client: pg.ClientBase,
  config: ScopedConfig,
  scope: readonly string[],
): Promise<pg.QueryResult> =>
  new Promise((resolve, reject) => {
    const done: Done = (error, result) => (error ? reject(error) : resolve(result))
    client.query(new ScopedQuery(config, scope, done) as never)
  })
