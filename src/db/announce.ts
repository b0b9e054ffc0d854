import { createHash } from 'node:crypto'
import type { Table } from './tables.ts'

/** What the event and the audit row of a change say besides the row itself. */
export type Announcement = {
  /** `lead.created`: the event's type and the audit row's action. */
  type: string
  /** The kind of thing it is, as the audit row names it. */
  target: string
  /** Columns that are never told. */
  hidden: readonly string[]
  /** What is told besides the row's columns. */
  more: Record<string, unknown>
  /** The same as an expression over the row `written`. */
  beside?: string
  actor: { kind: string; id: number | null; name: string }
  address: string
  requestId: string
  at: Date
}

/** How whoever asks for a row wants to be shown it, by the statement that writes it. */
export type Wish = {
  /**
   * An expression over the row `written`, what it takes, and what tells it from others; so many parameters stand before its
   * own. Undefined where the row has to be read afterwards.
   */
  as(model: string, before: number): { key: string; sql: string; values: readonly unknown[] } | undefined
  /** The row that was written last. */
  shown?: { id: unknown; json: string }
}

export const announced = (
  organizationId: unknown,
  { type, target, more, actor, address, requestId, at }: Announcement,
) => [
  ...[organizationId, type, target, JSON.stringify(more), requestId, at.toISOString()],
  ...[actor.kind, actor.id, actor.name, address],
]

/** It is prepared when it is used again: whoever leaves out other columns each time leaves nothing behind. */
type Statement = { name: string; text: string; usedBefore: boolean }

type Wished = ReturnType<Wish['as']>

const SHAPES = 500

/** How a statement is written that writes a row: with which fields, what is hidden, and what of it is shown. */
export type Write = (
  table: Table,
  fields: readonly string[],
  hidden: readonly string[],
  wished?: string,
  beside?: string,
) => string

type Shape = { table: Table; fields: readonly string[]; announcement: Announcement; wished: Wished }

/** The statements of the shapes that rows were written in. */
export function createStatements(write: Write) {
  const known = new Map<string, Statement>()
  return ({ table, fields, announcement: { hidden, beside }, wished }: Shape): Statement => {
    const shape = `${table.model} ${fields.join()} ${hidden.join()} ${wished?.key ?? ''} ${beside ?? ''}`
    const before = known.get(shape)
    if (before) return before
    const text = write(table, fields, hidden, wished?.sql, beside)
    const made = { text, usedBefore: false, name: `w${createHash('sha1').update(text).digest('hex').slice(0, 20)}` }
    if (known.size >= SHAPES) known.clear()
    known.set(shape, made)
    return made
  }
}
