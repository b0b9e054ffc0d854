import { Prisma } from './generated/client.ts'
import type { Column, Table } from './tables.ts'

/** The fields that a row is given. */
export const given = (data: Record<string, unknown>) => Object.entries(data).filter(([, value]) => value !== undefined)

/** A value on its way into a column. */
export function sent({ type, isList }: Column, value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (value === null || isList) return value
  if (type === 'Json') return JSON.stringify(value)
  return type === 'Decimal' || type === 'BigInt' ? String(value) : value
}

/** The same where the row is JSON. */
export const inJson = (column: Column, value: unknown): unknown =>
  column.type === 'Json' ? value : sent(column, value)

/** The driver reads a day as local midnight. */
function dayOf(local: Date): Date {
  const day = new Date(0)
  day.setUTCFullYear(local.getFullYear(), local.getMonth(), local.getDate())
  return day
}

/** A value on its way out of a column, as the client library gives it. */
export function received({ type, sqlType }: Column, value: unknown): unknown {
  if (value === null) return null
  if (type === 'Int' && typeof value === 'string') return Number(value)
  if (sqlType === 'date') return dayOf(value as Date)
  if (type === 'Decimal') return new Prisma.Decimal(value as string)
  return type === 'BigInt' ? BigInt(value as string) : value
}

export const unquoted = (name: string): string => name.slice(1, -1)

/** A row of the driver's as the client library gives it. */
export const rowOf = ({ columns }: Table, row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries([...columns].map(([field, column]) => [field, received(column, row[unquoted(column.name)])]))
