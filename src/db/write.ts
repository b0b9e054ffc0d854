import { ANNOUNCING } from './announce.sql.ts'
import { type Announcement, announced, createStatements, type Wish, type Write } from './announce.ts'
import { insertStatement } from './insert.sql.ts'
import { given, received, rowOf, sent } from './row-values.ts'
import type { ScopedConfig } from './scoped-query.ts'
import type { Table, Tables } from './tables.ts'
import type { TenantPool } from './tenant.ts'
import { updateStatement } from './update.sql.ts'

/** The values of a row's own, and those that say which row. */
type Own = { model: string; data: Record<string, unknown>; which: readonly unknown[] }
type Told = { organizationId: number; announcement: Announcement; wish: Wish | undefined }

type Asked = ScopedConfig & { organizationId: number; bare: true }

/** The row's id alone, where the statement has shown the rest to whoever wished for it. */
async function shownTo(wish: Wish, pool: TenantPool, { columns }: Table, asked: Asked): Promise<unknown> {
  const [row] = await pool.texts(asked)
  if (!row) return null
  const id = received(columns.get('id')!, row[0])
  wish.shown = { id, json: row[1]! }
  return { id }
}

/** Writes a row of the scope's organization with its event and its audit row, in one round trip; null where there is none. */
function createWriter(pool: TenantPool, tables: Tables, write: Write) {
  const statementOf = createStatements(write)
  return async ({ model, data, which }: Own, { organizationId, announcement, wish }: Told): Promise<unknown> => {
    const table = tables(model)
    const present = given(data)
    const wished = wish?.as(model, ANNOUNCING + present.length + which.length)
    const fields = present.map(([field]) => field)
    const statement = statementOf({ table, fields, announcement, wished })
    const own = present.map(([field, value]) => sent(table.columns.get(field)!, value))
    const values = [...announced(organizationId, announcement), ...own, ...which, ...(wished?.values ?? [])]
    const { name, text, usedBefore } = statement
    statement.usedBefore = true
    const asked = { ...(usedBefore && { name }), text, values, planned: true, organizationId }
    if (wished) return shownTo(wish!, pool, table, { ...asked, bare: true })
    const { rows } = await pool.query(asked)
    return rows[0] ? rowOf(table, rows[0]) : null
  }
}

export type WriteRow = ReturnType<typeof createWriter>

export const createInsert = (pool: TenantPool, tables: Tables): WriteRow => createWriter(pool, tables, insertStatement)
export const createUpdate = (pool: TenantPool, tables: Tables): WriteRow => createWriter(pool, tables, updateStatement)
