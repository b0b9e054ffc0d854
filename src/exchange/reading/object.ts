import { type Cell, type FileRow, type Problem, type Reading, unknownColumn } from './row.ts'

type Place = { row: number; line: number; bytes: number }

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A row of an object whose keys are columns. */
export function rowOf(value: unknown, place: Place, { exchange, ignored }: Reading): FileRow {
  if (!isObject(value)) return { ...place, cells: [], problems: [{ field: null, message: 'must be a JSON object.' }] }
  const cells: Cell[] = []
  const problems: Problem[] = []
  for (const [name, given] of Object.entries(value)) {
    const column = exchange.column(name)
    if (column === 'ignored') ignored(name)
    else if (column === undefined) problems.push({ field: name, message: unknownColumn(exchange) })
    else if (cells.some((cell) => cell.column === column)) problems.push({ field: name, message: 'is given twice.' })
    else cells.push({ name, column, value: given })
  }
  return { ...place, cells, problems }
}
