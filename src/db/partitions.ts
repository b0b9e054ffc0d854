import pg from 'pg'
import { connected } from './connected.ts'

/** Tables that are kept by month, with what the application may do in them. */
const BY_MONTH = [{ table: 'monitor_check', rights: 'SELECT, INSERT' }] as const

const AHEAD = 3
/** A table that others are busy with is left for the next time. */
const LOCK_MS = 2000

const monthOf = (time: Date, offset: number): string =>
  new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + offset, 1)).toISOString().slice(0, 10)

const nameOf = (table: string, month: string): string => `${table}_${month.slice(0, 7).replace('-', '_')}`

/** As the tables' owner, which no statement of the application ever is. */
const asOwner = <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const options = `-c lock_timeout=${LOCK_MS}`
  return connected({ connectionString: url, application_name: 'opsgraph partitions', options }, work)
}

const MISSING = `SELECT name FROM unnest($1::text[]) AS wanted (name) WHERE to_regclass(name) IS NULL`

/** Other processes make them as well. */
const LOCK = 'SELECT pg_advisory_xact_lock(1869640551, 4)'

/** Makes the partitions of the month before this, this one and those to come. */
export const makePartitions = (url: string, now: Date): Promise<void> =>
  asOwner(url, async (client) => {
    const months = Array.from({ length: AHEAD + 2 }, (_, i) => monthOf(now, i - 1))
    const wanted = BY_MONTH.flatMap((each) => months.map((month) => ({ ...each, month })))
    const names = wanted.map(({ table, month }) => nameOf(table, month))
    if ((await client.query(MISSING, [names])).rowCount === 0) return
    await client.query('BEGIN')
    await client.query(LOCK)
    for (const { table, month, rights } of wanted)
      await client.query('SELECT opsgraph_partition($1, $2, $3)', [table, month, rights])
    await client.query('COMMIT')
  })

/** Makes the partitions that rows of another database were in. Their names end in their months. */
export async function makeNamed(client: pg.ClientBase, partitions: readonly { parent: string; name: string }[]) {
  for (const { parent, name } of partitions) {
    const { table, rights } = BY_MONTH.find((each) => each.table === parent)!
    const month = `${name.slice(table.length + 1).replace('_', '-')}-01`
    await client.query('SELECT opsgraph_partition($1, $2, $3)', [table, month, rights])
  }
}

const PARTITIONS = `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1`

/** Drops what is older than so many whole months; answers what that was. */
export const dropPartitions = (url: string, now: Date, months: number): Promise<string[]> =>
  asOwner(url, async (client) => {
    const dropped: string[] = []
    for (const { table } of BY_MONTH) {
      const oldest = nameOf(table, monthOf(now, -months))
      const { rows } = await client.query<{ name: string }>(PARTITIONS, [table])
      for (const { name } of rows.filter((each) => each.name < oldest)) {
        await client.query(`DROP TABLE ${pg.escapeIdentifier(name)}`)
        dropped.push(name)
      }
    }
    return dropped
  })
