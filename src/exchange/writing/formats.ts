import { stringify } from 'csv-stringify/sync'
import type { AnyExchange, Column, Row } from '../exchange.ts'
import { guarded } from '../formulas.ts'
import type { Format } from '../reading/read.ts'

/** How rows become a file: what stands before the first, between two lots of them, and after the last. */
export type Writing = {
  mimeType: string
  head: (exchange: AnyExchange) => string
  rows: (exchange: AnyExchange, rows: readonly Row[]) => string
  between: string
  tail: string
}

const jsonOf = ({ kind, of }: Column, row: Row): unknown => {
  const value = of(row)
  return value === null || value === undefined ? null : kind.write(value)
}

const objectOf = ({ exported }: AnyExchange, row: Row) =>
  Object.fromEntries(exported.map((column) => [column.name, jsonOf(column, row)]))

function cellOf(column: Column, row: Row): string {
  const { cell, harmless } = column.kind
  const value = jsonOf(column, row)
  if (value === null) return ''
  const text = cell?.(value) ?? (typeof value === 'string' ? value : JSON.stringify(value))
  return harmless || (value !== text && text === '') ? text : guarded(text)
}

/** Beside what RFC 4180 wants quoted: what programs would trim, or take for the end of a row. */
const QUOTED = /^\s|\s$|[\r\n]/

const csv = (rows: readonly string[][]): string =>
  stringify(rows as string[][], { record_delimiter: 'windows', quoted_match: QUOTED })

const csvRows = (exchange: AnyExchange, rows: readonly Row[]) =>
  csv(rows.map((row) => exchange.exported.map((column) => cellOf(column, row))))

const objects = (exchange: AnyExchange, rows: readonly Row[]) =>
  rows.map((row) => JSON.stringify(objectOf(exchange, row)))

export const WRITINGS: Record<Format, Writing> = {
  csv: {
    mimeType: 'text/csv; charset=utf-8',
    head: ({ exported }) => csv([exported.map(({ name }) => name)]),
    rows: csvRows,
    between: '',
    tail: '',
  },
  json: {
    mimeType: 'application/json; charset=utf-8',
    head: () => '[',
    rows: (exchange, rows) => objects(exchange, rows).join(',\n'),
    between: ',\n',
    tail: ']\n',
  },
  jsonl: {
    mimeType: 'application/jsonl; charset=utf-8',
    head: () => '',
    rows: (exchange, rows) =>
      objects(exchange, rows)
        .map((line) => `${line}\n`)
        .join(''),
    between: '',
    tail: '',
  },
}
