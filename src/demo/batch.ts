import type { QueryConfig } from 'pg'
import type { Prisma } from '../db/client.ts'

export type Model = Prisma.ModelName
type Row<M extends Model> = Exclude<
  Prisma.TypeMap['model'][M]['operations']['createMany']['args']['data'],
  readonly unknown[]
>
/** A membership is numbered by its person. */
type Own<M extends Model> = Omit<Row<M>, 'organizationId' | 'id'> &
  (M extends 'Membership' ? { userId: number } : unknown)
type Group = { model: Model; columns: string[]; rows: Record<string, unknown>[] }

const WITHOUT_ID: readonly Model[] = ['Membership', 'AssetTag', 'PasswordEntryTag']

const snake = (name: string): string => name.replace(/(?<=.)[A-Z]/g, '_$&').toLowerCase()
const tableOf = (model: Model): string => (model === 'User' ? 'app_user' : snake(model))
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value
}

/** Rows for an empty database, numbered from 1 per table, inserted with one statement per table and organization. */
export class Batch {
  private readonly last = new Map<Model, number>()
  private readonly groups = new Map<string, Group>()

  /** The number that the next row of a table is given. */
  next(model: Model): number {
    return (this.last.get(model) ?? 0) + 1
  }

  add<M extends Model>(model: M, row: Omit<Row<M>, 'id'>): number {
    const id = this.next(model)
    this.last.set(model, id)
    const numbered: Record<string, unknown> = WITHOUT_ID.includes(model) ? { ...row } : { id, ...row }
    const columns = Object.keys(numbered)
    const key = [numbered.organizationId, model, ...columns].join()
    const group = this.groups.get(key) ?? { model, columns, rows: [] }
    group.rows.push(numbered)
    this.groups.set(key, group)
    return id
  }

  statements(): QueryConfig[] {
    return [...[...this.groups.values()].map(insertion), ...[...this.last].flatMap(advance)]
  }
}

/** The rows of one organization. */
export class Rows {
  private readonly batch: Batch
  readonly organizationId: number

  constructor(batch: Batch, organizationId: number) {
    this.batch = batch
    this.organizationId = organizationId
  }

  next(model: Model): number {
    return this.batch.next(model)
  }

  add<M extends Model>(model: M, row: Own<M>): number {
    return this.batch.add(model, { ...row, organizationId: this.organizationId } as never)
  }
}

function insertion({ model, columns, rows }: Group): QueryConfig {
  const names = columns.map((column) => `"${snake(column)}"`).join(', ')
  const table = `"${tableOf(model)}"`
  const records = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([column, value]) => [snake(column), plain(value)])),
  )
  return {
    text: `INSERT INTO ${table} (${names}) SELECT ${names} FROM json_populate_recordset(NULL::${table}, $1::json)`,
    values: [JSON.stringify(records)],
  }
}

/** The rows brought their own numbers; whoever inserts next must not be given one of them. */
const advance = ([model, count]: [Model, number]): QueryConfig[] =>
  WITHOUT_ID.includes(model)
    ? []
    : [
        {
          text: `SELECT count(nextval(pg_get_serial_sequence($1, 'id'))) FROM generate_series(1, $2::int)`,
          values: [tableOf(model), count],
        },
      ]
