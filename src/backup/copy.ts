import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from, to } from 'pg-copy-streams'

/** Rows are written as text that reads the same whatever the server's settings and version. */
export const PLAIN_TEXT = `SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres';
  SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL statement_timeout = 0;
  SET LOCAL idle_in_transaction_session_timeout = 0`

export type Column = { name: string; isText: boolean }
export type TableFacts = {
  /** As SQL says it, schema and all. */
  name: string
  columns: readonly string[]
  /** What its rows are ordered by, so that equal tables are equal texts. */
  key: readonly Column[]
}

export const quoted = (name: string): string => pg.escapeIdentifier(name)

const listed = (names: readonly string[]): string => names.map(quoted).join(', ')

const ordered = ({ name, isText }: Column): string => `${quoted(name)}${isText ? ' COLLATE "C"' : ''}`

/** All rows of a table as text, a line each. */
export function copyOut(client: pg.ClientBase, { name, columns, key }: TableFacts): Readable {
  const order = key.length > 0 ? `ORDER BY ${key.map(ordered).join(', ')}` : ''
  return client.query(to(`COPY (SELECT ${listed(columns)} FROM ${name} ${order}) TO STDOUT`))
}

export function copyIn(
  client: pg.ClientBase,
  { name, columns }: Pick<TableFacts, 'name' | 'columns'>,
  rows: AsyncIterable<Uint8Array>,
): Promise<void> {
  const into = client.query(from(`COPY ${name} (${listed(columns)}) FROM STDIN`))
  return pipeline(Readable.from(rows, { objectMode: false }), into)
}

const LINE_FEED = 10

/** How many rows a piece of such text ends. */
export function rowsIn(text: Uint8Array): number {
  let count = 0
  for (let at = text.indexOf(LINE_FEED); at >= 0; at = text.indexOf(LINE_FEED, at + 1)) count += 1
  return count
}

/** The checksum of a table's rows, as they are written into a backup. */
export async function contentOf(client: pg.ClientBase, table: TableFacts): Promise<string> {
  const digest = createHash('sha256')
  for await (const chunk of copyOut(client, table)) digest.update(chunk)
  return digest.digest('hex')
}
