import pg from 'pg'
import { serialize } from 'pg-protocol'

type Setting = { name: string; text: string }

/**
 * Sets the scope (the role, the organization and, where it matters, the person) and returns no row, so that its answer cannot
 * be taken for the statement's. What is not set is nobody's: it ended with the transaction before.
 */
const SCOPE: Setting = {
  name: 'scope',
  text: "SELECT 1 WHERE set_config('role', $1, true) IS NULL OR set_config('opsgraph.organization_id', $2, true) IS NULL",
}
const PERSON: Setting = {
  name: 'scope-person',
  text: `${SCOPE.text} OR set_config('opsgraph.user_id', $3, true) IS NULL`,
}

/** The same for a statement that is planned once, where PostgreSQL would plan it anew for each pattern looked for. */
const planned = ({ name, text }: Setting): Setting => ({
  name: `${name}-planned`,
  text: `${text} OR set_config('plan_cache_mode', 'force_generic_plan', true) IS NULL`,
})

const PLANNED = planned(SCOPE)
const PLANNED_PERSON = planned(PERSON)

/** Role and organization, and perhaps a person. */
export type ScopeValues = readonly [string, string] | readonly [string, string, string]

const settingOf = (scope: ScopeValues, once: boolean | undefined): Setting =>
  scope.length === 2 ? (once ? PLANNED : SCOPE) : once ? PLANNED_PERSON : PERSON

export type ScopedConfig = pg.QueryConfig & {
  /** Whose rows it may touch, where no scope around it says so. */
  organizationId?: number
  /** Its columns are texts that are known by their places: PostgreSQL need not describe them each time. */
  bare?: boolean
  /** Whatever the parameters, one plan is the best. */
  planned?: boolean
  /** It reads a row by its key: sending it takes longer than answering it. */
  brief?: boolean
}

type Connection = {
  bind(config: object): void
  execute(config: object): void
  stream: { write(bytes: Buffer): void }
  parsedStatements: Record<string, string>
  submittedNamedStatements: Record<string, string>
}
type Done = (error: Error | null, result: pg.QueryResult) => void
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

  constructor(
    { planned, bare, brief: _, organizationId: __, ...config }: ScopedConfig,
    scope: ScopeValues,
    done: Done,
  ) {
    super({ ...config, ...(bare && AS_TEXTS), queryMode: 'extended' }, undefined, done)
    this.scope = scope
    this.setting = settingOf(scope, planned).name
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

type Sent = string | number | boolean | null

/** A row of a bare statement: its columns' texts. */
export type Texts = readonly (string | null)[]

const asText = (value: Sent): string | null => (value === null || typeof value === 'string' ? value : String(value))

const isSent = (value: unknown): value is Sent =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

const scopes = new Map<string, Buffer>()
const SCOPES = 2000

/** The bytes that set a scope, which many statements are sent behind. */
function scopeBytes(setting: string, values: ScopeValues): Buffer {
  const key = `${setting} ${values.join(' ')}`
  let bytes = scopes.get(key)
  if (!bytes) {
    if (scopes.size >= SCOPES) scopes.clear()
    bytes = Buffer.concat([serialize.bind({ statement: setting, values: [...values] }), serialize.execute()])
    scopes.set(key, bytes)
  }
  return bytes
}

/** The same for a bare statement: all of it in one piece, and of its answer only the texts are read. */
class BareQuery {
  readonly name: string
  readonly text: string
  readonly callback: Done
  private readonly setting: string
  private readonly scope: ScopeValues
  private readonly values: readonly Sent[]
  private readonly found: Texts[] = []
  private failed = false

  constructor({ name = '', text, values, planned }: ScopedConfig, scope: ScopeValues, done: Done) {
    this.name = name
    this.text = text
    this.values = values as Sent[]
    this.setting = settingOf(scope, planned).name
    this.scope = scope
    this.callback = done
  }

  submit({ stream, parsedStatements, submittedNamedStatements }: Connection): null {
    const { name, text } = this
    const parts = [scopeBytes(this.setting, this.scope)]
    const known = name !== '' && (name in parsedStatements || name in submittedNamedStatements)
    if (!known) parts.push(serialize.parse({ name, text }))
    if (!known && name !== '') submittedNamedStatements[name] = text
    parts.push(
      serialize.bind({ statement: name, values: this.values.map(asText) }),
      serialize.execute(),
      serialize.sync(),
    )
    stream.write(Buffer.concat(parts))
    return null
  }

  handleDataRow({ fields }: { fields: Texts }): void {
    this.found.push(fields)
  }

  handleCommandComplete(): void {}

  handleError(error: Error): void {
    this.failed = true
    this.callback(error, undefined as never)
  }

  handleReadyForQuery(): void {
    if (!this.failed) this.callback(null, { rows: this.found } as never)
  }
}

// The driver lets nothing share a connection that is not a query of its own kind.
Object.setPrototypeOf(BareQuery.prototype, pg.Query.prototype)

const prepared = new WeakSet<object>()

const NOBODY = ['none', '', '']

export const hasLearnt = (client: object): boolean => prepared.has(client)

/** A connection learns the scope's statements once, before it carries anything. */
export async function learnScope(client: pg.ClientBase): Promise<void> {
  const of = ({ text }: Setting) => NOBODY.slice(0, text.includes('$3') ? 3 : 2)
  await Promise.all([SCOPE, PERSON, PLANNED, PLANNED_PERSON].map((each) => client.query({ ...each, values: of(each) })))
  prepared.add(client)
}

export const scopeStatement = (values: ScopeValues): pg.QueryConfig => ({
  ...settingOf(values, false),
  values: [...values],
})

/** Calls back once, however often the driver tells of a lost connection. */
function once(done: Done): Done {
  let told = false
  return (error, result) => {
    if (told) return
    told = true
    done(error, result)
  }
}

export function sendScoped(client: pg.ClientBase, config: ScopedConfig, scope: ScopeValues, done: Done): void {
  const bare = config.bare === true && config.values!.every(isSent)
  const Kind = bare ? BareQuery : ScopedQuery
  const told = once(done)
  try {
    client.query(new Kind(config, scope, told) as never)
  } catch (error) {
    told(error as Error, undefined as never)
  }
}
