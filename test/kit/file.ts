import { List } from '../../src/core/list/declare.ts'
import { Exchange } from '../../src/exchange/exchange.ts'
import { truth, words } from '../../src/exchange/kinds.ts'
import { type Format, formatOf, readRows } from '../../src/exchange/reading/read.ts'
import type { FileRow } from '../../src/exchange/reading/row.ts'
import { Unreadable } from '../../src/exchange/reading/unreadable.ts'

const exchange = new Exchange<unknown>({
  name: 'asset',
  plural: 'assets',
  list: new List({ model: 'Asset', filter: {}, order: ['id'], defaultOrder: 'id' }),
  columns: { name: { kind: words }, serialNumber: { kind: words }, isActive: { kind: truth, also: ['enabled'] } },
  shown: { createdAt: { kind: words } },
  ignored: ['organization'],
  prepare: () => undefined,
  insert: async () => {},
})

const chunked = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))

const plain = ({ line, row, cells, problems }: FileRow) => ({
  line,
  row,
  ...(cells.length && { said: Object.fromEntries(cells.map(({ column, value }) => [column.name, value])) }),
  ...(problems.length && { problems: problems.map(({ field, message }) => `${field ?? ''}: ${message}`) }),
})

export type Told = { rows: ReturnType<typeof plain>[]; ignored: string[]; end?: string }

/** Everything a file says, and where it breaks off. */
export async function read(file: string | Buffer, format?: Format, size = 1_000_000): Promise<Told> {
  const bytes = Buffer.from(file)
  const told: Told = { rows: [], ignored: [] }
  const reading = { exchange, ignored: (name: string) => void told.ignored.push(name) }
  try {
    for await (const row of readRows(format ?? formatOf(bytes.toString()), chunked(bytes, size), reading))
      told.rows.push(plain(row))
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    told.end = `${error.line ?? '?'}: ${error.sentence}`
  }
  return told
}
