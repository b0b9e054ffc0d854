import { type CsvError, type Info, type Parser, parse } from 'csv-parse'
import type { Column } from '../exchange.ts'
import { unguarded } from '../formulas.ts'
import { delimiterOf, isWholeHeader } from './delimiter.ts'
import { Lines } from './lines.ts'
import {
  type Cell,
  type FileRow,
  headerOf,
  LONGEST_ROW,
  type Problem,
  type Reader,
  type Reading,
  TOO_LONG,
} from './row.ts'
import { Unreadable } from './unreadable.ts'

type Header = { names: readonly string[]; columns: readonly (Column | undefined)[] }

const OPENING = 'has a quote within a value; double it and quote the whole value, like "5"" rack".'

const SENTENCES: Record<string, string> = {
  CSV_INVALID_CLOSING_QUOTE: 'has something behind the closing quote of a value; double the quotes within a value.',
  CSV_QUOTE_NOT_CLOSED: 'opens a quote that is never closed.',
  CSV_MAX_RECORD_SIZE: TOO_LONG,
}

const newlinesIn = (values: readonly string[]): number =>
  values.reduce((count, value) => (value.includes('\n') ? count + value.split('\n').length - 1 : count), 0)

function cellsOf(values: readonly string[], { names, columns }: Header): Cell[] {
  return columns.flatMap((column, at) => {
    const value = values[at]
    return column && value ? [{ name: names[at]!, column, value: unguarded(value) }] : []
  })
}

/** Values that no header stands over: a value was split, or something is missing above. */
function nameless(values: readonly string[], { names }: Header): Problem[] {
  const at = values.findIndex((value, place) => value !== '' && !names[place]?.trim())
  return at === -1 ? [] : [{ field: null, message: `has a value in column ${at + 1}, which the header does not name.` }]
}

/** A file's way through the library, which tells of each record while it is given bytes: a bad one takes none with it. */
class CsvRows {
  private readonly reading: Reading
  private readonly lines = new Lines()
  private readonly parser: Parser
  private header: Header | undefined
  private rows = 0
  private end = 0
  private made: FileRow[] = []
  private broken: Unreadable | undefined

  constructor(delimiter: string, reading: Reading) {
    this.reading = reading
    this.parser = parse({
      delimiter,
      info: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: LONGEST_ROW,
      on_record: (record) => this.take(record as unknown as { record: string[]; info: Info }),
      on_skip: (error) => this.skip(error!),
    })
    this.parser.on('error', (error) => this.stop(error as CsvError)).resume()
  }

  *write(bytes: Buffer): Generator<FileRow> {
    this.lines.add(bytes)
    this.parser.write(bytes)
    yield* this.told()
  }

  async *finish(): AsyncGenerator<FileRow> {
    await new Promise<void>((resolve) => this.parser.end(resolve))
    yield* this.told()
    if (!this.header) throw new Unreadable('is empty; its first line names the columns.')
  }

  private *told(): Generator<FileRow> {
    const made = this.made
    this.made = []
    yield* made
    if (this.broken) throw this.broken
  }

  private take({ record, info }: { record: string[]; info: Info }): undefined {
    if (this.broken) return undefined
    const bytes = info.bytes - this.end
    const line = this.lines.at(info.bytes - 1) - newlinesIn(record)
    this.end = info.bytes
    if (this.header) this.add(record, line, bytes, this.header)
    else this.begin(record)
    return undefined
  }

  private begin(names: string[]): void {
    try {
      this.header = { names, columns: headerOf(names, this.reading) }
    } catch (error) {
      this.broken = error as Unreadable
    }
  }

  private add(values: string[], line: number, bytes: number, header: Header): void {
    if (values.every((value) => value === '')) return
    this.rows += 1
    this.made.push({ row: this.rows, line, bytes, cells: cellsOf(values, header), problems: nameless(values, header) })
  }

  private stop(error: CsvError): void {
    this.broken ??= new Unreadable(SENTENCES[error.code] ?? `is not CSV: ${error.message}.`, this.lineOf(error))
  }

  private lineOf({ bytes }: CsvError): number {
    return this.lines.at(bytes as number)
  }

  /** After a quote that opens within a value the library finds the next record again; after other mistakes it does not. */
  private skip(error: CsvError): undefined {
    if (error.code !== 'INVALID_OPENING_QUOTE' || !this.header) this.stop(error)
    if (this.broken) return undefined
    const field = this.header!.names[error.column as number] ?? null
    this.rows += 1
    const place = { row: this.rows, line: this.lineOf(error), bytes: 0 }
    this.made.push({ ...place, cells: [], problems: [{ field, message: OPENING }] })
    return undefined
  }
}

/** RFC 4180, and what spreadsheet programs make of it: any line ending, semicolons or tabs, rows cut short. */
export const readCsv: Reader = async function* (bytes, reading) {
  let rows: CsvRows | undefined
  let head = Buffer.alloc(0)
  for await (const chunk of bytes) {
    if (rows) yield* rows.write(chunk)
    else {
      head = Buffer.concat([head, chunk])
      if (!isWholeHeader(head)) continue
      rows = new CsvRows(delimiterOf(head), reading)
      yield* rows.write(head)
    }
  }
  if (!rows) {
    rows = new CsvRows(delimiterOf(head), reading)
    yield* rows.write(head)
  }
  yield* rows.finish()
}
