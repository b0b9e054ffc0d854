import { createHash } from 'node:crypto'
import type { Context } from '../core/context.ts'

/** One request: whose, and with which coerced variables. */
export type Ask = { ctx: Context; variables: Record<string, unknown> }
export type Value = (ask: Ask) => unknown

/** Thrown where the ordinary executor has to answer: what cannot be compiled, and what has to be refused. */
export class Uncompilable extends Error {}

const plain = (value: unknown): unknown => {
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'bigint') return value.toString()
  return Array.isArray(value) ? value.map(plain) : value
}

/** The organization of the scope, as the policies have it. */
const SCOPE = 'opsgraph_organization()'

/** The parameters of a statement that is being written. What callers send is never part of the text. */
export class Statement {
  readonly values: Value[] = []
  /** Whether its way to its rows is laid down, whatever the parameters: then it need not be planned for each of them. */
  planned = false
  /** Whether it reads no list: rows by their keys, and what hangs on them. */
  brief = true
  readonly #before: number
  #aliases = 0
  #caller: string | undefined

  /** Where it becomes part of a statement, so many parameters stand before its own. */
  constructor(before = 0) {
    this.#before = before
  }

  alias(): string {
    this.#aliases += 1
    return `t${this.#aliases}`
  }

  given(value: Value): string {
    return `$${this.#before + this.values.push(value)}`
  }

  constant(value: unknown): string {
    const sent = plain(value)
    return this.given(() => sent)
  }

  /**
   * The caller's organization for rows that are found by an index: beside a parameter, PostgreSQL would compare that with the
   * scope for every table, and hand each row on through a step of its own.
   */
  scope(): string {
    this.caller()
    return SCOPE
  }

  /** The same for rows that may be looked at one by one: a parameter is read sooner than a scope. */
  caller(): string {
    this.#caller ??= this.given(({ ctx }) => ctx.organizationId)
    return this.#caller
  }

  /** Holds where the scope is the caller's: asked once, for the whole statement. */
  get condition(): string | undefined {
    return this.#caller && `${SCOPE} = ${this.#caller}`
  }
}

/** Undefined where the ordinary executor has to answer instead. */
export function unlessUncompilable<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof Uncompilable) return undefined
    throw error
  }
}

/** What is sent with a statement, or undefined where the context lacks it. */
export const valuesFor = ({ values }: { values: readonly Value[] }, ask: Ask): unknown[] | undefined =>
  unlessUncompilable(() => values.map((value) => value(ask)))

/** Prepared statements are told apart by name on a connection. */
export const nameOf = (text: string): string => `r${createHash('sha1').update(text).digest('hex').slice(0, 20)}`
