import { signature } from '../core/list/cursor.ts'
import type { OrderColumn } from '../core/list/declare.ts'
import { type Column, isoSql, type Table } from '../db/tables.ts'
import { Uncompilable } from './statement.ts'

const JSON_OF: Record<string, (value: string, column: Column) => string> = {
  DateTime: (value, column) => `'"' || ${isoSql(column, value)} || '"'`,
  Int: (value) => `${value}::text`,
  BigInt: (value) => `'"' || ${value}::text || '"'`,
  Decimal: (value) => `'"' || trim_scale(${value})::text || '"'`,
  Boolean: (value) => `${value}::text`,
  String: (value) => `to_json(${value}::text)::text`,
}

function jsonOf(table: Table, { column, type }: OrderColumn, value: string): string {
  const write = JSON_OF[type]
  if (!write) throw new Uncompilable(`a cursor over ${column}`)
  return `coalesce(${write(value, table.columns.get(column)!)}, 'null')`
}

/** The same text that `encodeCursor` makes of a row. */
export function cursorSql(table: Table, order: readonly OrderColumn[], values: readonly string[]): string {
  const head = JSON.stringify([signature(order)]).slice(0, -1)
  const parts = order.map((column, at) => `',' || ${jsonOf(table, column, values[at]!)}`)
  const json = `'${head}' || ${parts.join(' || ')} || ']'`
  return `translate(encode(convert_to(${json}, 'UTF8'), 'base64'), E'+/=\\n', '-_')`
}
