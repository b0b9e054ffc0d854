import { type Announcement, announced } from './announce.ts'
import { insertManyStatement } from './insert.sql.ts'
import { given, inJson, unquoted } from './row-values.ts'
import type { Tables } from './tables.ts'

/** A row of many, and what is told of it besides its columns. */
export type NewRow<Data = Record<string, unknown>> = { data: Data; more?: Record<string, unknown> }

type Run = (text: string, values: unknown[]) => PromiseLike<unknown>

export type InsertMany = (
  run: Run,
  model: string,
  rows: readonly NewRow[],
  announcement: Announcement & { organizationId: number },
) => Promise<number[]>

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
