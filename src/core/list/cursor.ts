import { invalid } from '../errors.ts'
import type { OrderColumn } from './declare.ts'

type Row = Record<string, unknown>
export type Where = Record<string, unknown>

export const signature = (order: readonly OrderColumn[]): string =>
  order.map(({ column, descending }) => (descending ? '-' : '') + column).join(',')

const plain = (value: unknown): unknown => {
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'object' && value !== null) return String(value)
  return typeof value === 'bigint' ? value.toString() : (value ?? null)
}

/** Where a row stands in an order: opaque to callers, and bound to that order. */
export const encodeCursor = (order: readonly OrderColumn[], row: Row): string =>
  Buffer.from(JSON.stringify([signature(order), ...order.map(({ column }) => plain(row[column]))])).toString(
    'base64url',
  )

const refuse = () =>
  invalid('after', 'is not a cursor of this list in this order; take it from pageInfo.endCursor of the same query.')

function restore(value: unknown, { type, nullable, values }: OrderColumn): unknown {
  if (value === null) {
    if (nullable) return null
    throw refuse()
  }
  const valid: Record<string, (v: unknown) => unknown> = {
    DateTime: (v) => (typeof v === 'string' && !Number.isNaN(Date.parse(v)) ? new Date(v) : undefined),
    Int: (v) => (Number.isInteger(v) && Math.abs(v as number) < 2 ** 31 ? v : undefined),
    Float: (v) => (typeof v === 'number' ? v : undefined),
    Decimal: (v) => (typeof v === 'string' && /^-?\d{1,30}(\.\d{1,30})?$/.test(v) ? v : undefined),
    BigInt: (v) => (typeof v === 'string' && /^-?\d{1,18}$/.test(v) ? BigInt(v) : undefined),
    Boolean: (v) => (typeof v === 'boolean' ? v : undefined),
    String: (v) => (typeof v === 'string' && v.isWellFormed() && !v.includes('\0') ? v : undefined),
  }
  const restored = valid[type]?.(value)
  if (restored === undefined || (values && !values.includes(restored as string))) throw refuse()
  return restored
}

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** What a cursor holds, column by column. */
export function cursorValues(order: readonly OrderColumn[], cursor: string): unknown[] {
  const decoded = decode(cursor)
  if (!Array.isArray(decoded) || decoded.length !== order.length + 1 || decoded[0] !== signature(order)) throw refuse()
  return order.map((column, i) => restore(decoded[i + 1], column))
}

/** The client library compares neither enums nor truths by size. */
function further({ column, descending, type, values }: OrderColumn, value: unknown): Where[] {
  if (type === 'Boolean') return value === descending ? [{ [column]: !value }] : []
  if (!values) return [{ [column]: { [descending ? 'lt' : 'gt']: value } }]
  const at = values.indexOf(value as string)
  return [{ [column]: { in: descending ? values.slice(0, at) : values.slice(at + 1) } }]
}

/** Rows strictly behind a value in one column; nulls come last in both directions. */
function behind(column: OrderColumn, value: unknown): Where | undefined {
  if (value === null) return undefined
  const rows = further(column, value)
  if (column.nullable) return { OR: [...rows, { [column.column]: null }] }
  return rows[0]
}

/** Rows behind the cursor: the first columns equal, the next one further on. */
export function afterCursor(order: readonly OrderColumn[], cursor: string): Where {
  const values = cursorValues(order, cursor)
  const steps = order.flatMap((column, i) => {
    const beyond = behind(column, values[i])
    const equal = Object.fromEntries(order.slice(0, i).map(({ column: name }, j) => [name, values[j]]))
    return beyond ? [{ AND: [equal, beyond] }] : []
  })
  const [lead] = order
  const bound =
    lead!.nullable || lead!.values || lead!.type === 'Boolean' || order.length === 1
      ? []
      : [{ [lead!.column]: { [lead!.descending ? 'lte' : 'gte']: values[0] } }]
  return { AND: [...bound, { OR: steps }] }
}
