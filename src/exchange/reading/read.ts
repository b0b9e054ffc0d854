import { readCsv } from './csv.ts'
import { readJson } from './json.ts'
import { readJsonLines } from './jsonl.ts'
import type { FileRow, Reader, Reading } from './row.ts'
import { type Bytes, utf8 } from './utf8.ts'

export const FORMATS = ['csv', 'json', 'jsonl'] as const
export type Format = (typeof FORMATS)[number]

const READERS: Record<Format, Reader> = { csv: readCsv, json: readJson, jsonl: readJsonLines }

const FIRST = /^\s*([[{]?)/

/** By the first character: an array, an object a line, or else a table. */
export function formatOf(head: string): Format {
  const [, first] = FIRST.exec(head)!
  if (first === '[') return 'json'
  return first === '{' ? 'jsonl' : 'csv'
}

/** The rows of a file as it comes in. */
export const readRows = (format: Format, source: Bytes, reading: Reading): AsyncIterable<FileRow> =>
  READERS[format](utf8(source), reading)
