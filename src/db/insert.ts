import { createHash } from 'node:crypto'
import { ANNOUNCING, insertManyStatement, insertStatement, WISHED } from './insert.sql.ts'
import { inJson, rowOf, sent, unquoted } from './row-values.ts'
import type { Table, Tables } from './tables.ts'
import type { TenantPool } from './tenant.ts'

/** What the event and the audit row of an insertion say besides the row itself. */
export type Announcement = {
  /** `lead.created`: the event's type and the audit row's action. */
  type: string
  /** The kind of thing that was made, as the audit row names it. */
  target: string
  /** Columns that are never told. */
  hidden: readonly string[]
  /** What is told besides the row's columns. */
  more: Record<string, unknown>
  actor: { kind: string; id: number | null; name: string }
  address: string
  requestId: string
  at: Date
}

/** How whoever asks for a row wants to be shown it, by the statement that inserts it. */
export type Wish = {
  /**
   * An expression over the row `created`, what it takes, and what tells it from others; so many parameters stand before its
   * own. Undefined where the row has to be read afterwards.
   */
  as(model: string, before: number): { key: string; sql: string; values: readonly unknown[] } | undefined
  /** The row that was inserted last. */
  shown?: { id: unknown; json: string }
}

export type Insert = (
  model: string,
  data: Record<string, unknown>,
  announcement: Announcement,
  wish?: Wish,
) => Promise<unknown>

const announced = (organizationId: unknown, { type, target, more, actor, address, requestId, at }: Announcement) => [
  ...[organizationId, type, target, JSON.stringify(more), requestId, at.toISOString()],
  ...[actor.kind, actor.id, actor.name, address],
]

/** It is prepared when it is used again: whoever leaves out other columns each time leaves nothing behind. */
type Statement = { name: string; text: string; usedBefore: boolean }

type Wished = ReturnType<Wish['as']>

const SHAPES = 500

/** The statements of the shapes that rows were inserted in. */
function createStatements() {
  const known = new Map<string, Statement>()
  return (table: Table, fields: readonly string[], hidden: readonly string[], wished?: Wished): Statement => {
    const shape = `${table.model} ${fields.join()} ${hidden.join()} ${wished?.key ?? ''}`
    const before = known.get(shape)
    if (before) return before
    const text = insertStatement(table, fields, hidden, wished?.sql)
    const made = { text, usedBefore: false, name: `i${createHash('sha1').update(text).digest('hex').slice(0, 20)}` }
    if (known.size >= SHAPES) known.clear()
    known.set(shape, made)
    return made
  }
}

/** Inserts a row of the scope's organization with its event and its audit row, in one round trip. */
export function createInsert(pool: TenantPool, tables: Tables): Insert {
  const statementOf = createStatements()
  return async (model, data, announcement, wish) => {
    const table = tables(model)
    const present = given(data)
    const wished = wish?.as(model, ANNOUNCING + present.length)
    const fields = present.map(([field]) => field)
    const statement = statementOf(table, fields, announcement.hidden, wished)
    const own = present.map(([field, value]) => sent(table.columns.get(field)!, value))
    const values = [...announced(data.organizationId, announcement), ...own, ...(wished?.values ?? [])]
    const { name, text, usedBefore } = statement
    statement.usedBefore = true
    const { rows } = await pool.query({ ...(usedBefore && { name }), text, values })
    const row = rowOf(table, rows[0])
    if (wished) wish!.shown = { id: row.id, json: rows[0][WISHED] }
    return row
  }
}

/** A row of many, and what is told of it besides its columns. */
export type NewRow<Data = Record<string, unknown>> = { data: Data; more?: Record<string, unknown> }

type Run = (text: string, values: unknown[]) => PromiseLike<unknown>

export type InsertMany = (
  run: Run,
  model: string,
  rows: readonly NewRow[],
  announcement: Announcement & { organizationId: number },
) => Promise<number[]>

const given = (data: Record<string, unknown>) => Object.entries(data).filter(([, value]) => value !== undefined)

/** Inserts rows of the scope's organization, each with its event and its audit row, in one statement. */
export function createInsertMany(tables: Tables): InsertMany {
  return async (run, model, rows, announcement) => {
    const table = tables(model)
    const fields = new Set<string>()
    const listed = rows.map(({ data, more = {} }) => {
      const row: Record<string, unknown> = {}
      for (const [field, value] of given(data)) {
        const column = table.columns.get(field)!
        row[unquoted(column.name)] = inJson(column, value)
        fields.add(field)
      }
      return { row, more }
    })
    const text = insertManyStatement(table, [...fields].sort(), announcement.hidden)
    const values = [...announced(announcement.organizationId, announcement), JSON.stringify(listed)]
    return ((await run(text, values)) as { id: number }[]).map(({ id }) => id)
  }
}
