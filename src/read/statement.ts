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

/** The parameters of a statement that is being written. What callers send is never part of the text. */
export class Statement {
  readonly values: Value[] = []
  /** Whether its way to its rows is laid down, whatever the parameters: then it need not be planned for each of them. */
  planned = false
  /** Whether it reads no list: rows by their keys, and what hangs on them. */
  brief = true
  readonly #before: number
  #aliases = 0
  #organization: string | undefined

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

  /** The caller's organization. */
  organization(): string {
    this.#organization ??= this.given(({ ctx }) => ctx.organizationId)
    return this.#organization
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
