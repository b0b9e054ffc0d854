import pg from 'pg'
import { serialize } from 'pg-protocol'
import { replacesOthers, type ScopeValues, scopeBytes } from './scope.ts'

export type Done = (error: Error | null, result: pg.QueryResult) => void

/** A statement whose columns are texts that are known by their places: PostgreSQL need not describe them each time. */
export type Bare = { config: pg.QueryConfig & { planned?: boolean; brief?: boolean }; scope: ScopeValues; done: Done }

type Connection = {
  stream: { write(bytes: Buffer): void }
  parsedStatements: Record<string, string>
  submittedNamedStatements: Record<string, string>
}

type Sent = string | number | boolean | null

/** A row of a bare statement: its columns' texts. */
export type Texts = readonly (string | null)[]

const asText = (value: Sent): string | null => (value === null || typeof value === 'string' ? value : String(value))

export const isSent = (value: unknown): value is Sent =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

const EXECUTE = serialize.execute()
const SYNC = serialize.sync()

const bound = ({ name = '', values }: pg.QueryConfig): Buffer =>
  serialize.bind({ statement: name, values: (values as Sent[]).map(asText) })

/** All of it in one piece, and of its answer only the texts are read. */
export class BareQuery {
  readonly name: string
  readonly text: string
  readonly callback: Done
  readonly #bare: Bare
  readonly #found: Texts[] = []
  #failed = false

  constructor(bare: Bare) {
    const { name = '', text } = bare.config
    this.name = name
    this.text = text
    this.callback = bare.done
    this.#bare = bare
  }

  submit({ stream, parsedStatements, submittedNamedStatements }: Connection): null {
    const { name, text } = this
    const { config, scope } = this.#bare
    const parts = [scopeBytes(scope, config.planned)]
    const known = name !== '' && (name in parsedStatements || name in submittedNamedStatements)
    if (!known) parts.push(serialize.parse({ name, text }))
    if (!known && name !== '') submittedNamedStatements[name] = text
    parts.push(bound(config), EXECUTE, SYNC)
    stream.write(Buffer.concat(parts))
    return null
  }

  handleDataRow({ fields }: { fields: Texts }): void {
    this.#found.push(fields)
  }

  handleCommandComplete(): void {}

  handleError(error: Error): void {
    this.#failed = true
    this.callback(error, undefined as never)
  }

  handleReadyForQuery(): void {
    if (!this.#failed) this.callback(null, { rows: this.#found } as never)
  }
}

/** It only reads, by a key, and is prepared on this connection; and its scope leaves nothing of the one before it. */
export const mayShare = ({ config, scope }: Bare, { parsedStatements }: Connection): boolean =>
  config.brief === true && replacesOthers(scope, config.planned) && (config.name ?? '') in parsedStatements

/**
 * Several that may share a transaction, one behind the other: each is told whose rows it may touch right before it. One that
 * fails ends the transaction: those behind it are asked again.
 */
export class SharedQuery {
  readonly name = ''
  readonly text = ''
  readonly callback = (): void => {}
  readonly #all: readonly Bare[]
  readonly #again: (behind: readonly Bare[]) => void
  readonly #found: Texts[][]
  /** How many statements have ended; each has its scope's before its own. */
  #ended = 0

  constructor(all: readonly Bare[], again: (behind: readonly Bare[]) => void) {
    this.#all = all
    this.#again = again
    this.#found = all.map(() => [])
  }

  submit({ stream }: Connection): null {
    const parts: Buffer[] = []
    for (const { config, scope } of this.#all) parts.push(scopeBytes(scope, false), bound(config), EXECUTE)
    parts.push(SYNC)
    stream.write(Buffer.concat(parts))
    return null
  }

  get #at(): number {
    return this.#ended >> 1
  }

  handleDataRow({ fields }: { fields: Texts }): void {
    this.#found[this.#at]!.push(fields)
  }

  handleCommandComplete(): void {
    this.#ended += 1
  }

  #tell(): void {
    for (let at = 0; at < this.#at; at += 1) this.#all[at]!.done(null, { rows: this.#found[at] } as never)
  }

  handleError(error: Error): void {
    this.#tell()
    this.#all[this.#at]?.done(error, undefined as never)
    this.#again(this.#all.slice(this.#at + 1))
  }

  handleReadyForQuery(): void {
    this.#tell()
  }
}

// The driver lets nothing share a connection that is not a query of its own kind.
for (const kind of [BareQuery, SharedQuery]) Object.setPrototypeOf(kind.prototype, pg.Query.prototype)
