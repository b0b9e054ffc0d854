import { rowOf } from './object.ts'
import { type FileRow, LONGEST_ROW, type Reader, type Reading, TOO_LONG } from './row.ts'
import { Unreadable } from './unreadable.ts'

const LF = 10

async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<{ text: string; line: number }> {
  let line = 0
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of bytes) {
    const whole = rest.length ? Buffer.concat([rest, chunk]) : chunk
    let start = 0
    for (let end = whole.indexOf(LF); end !== -1; end = whole.indexOf(LF, start)) {
      line += 1
      yield { text: whole.toString('utf8', start, end).trim(), line }
      start = end + 1
    }
    rest = whole.subarray(start)
    if (rest.length > LONGEST_ROW) throw new Unreadable(TOO_LONG, line + 1)
  }
  yield { text: rest.toString().trim(), line: line + 1 }
}

function rowIn(text: string, place: { row: number; line: number }, reading: Reading): FileRow {
  const whole = { ...place, bytes: text.length }
  try {
    return rowOf(JSON.parse(text), whole, reading)
  } catch (error) {
    const message = `is not JSON: ${(error as Error).message}.`
    return { ...whole, cells: [], problems: [{ field: null, message }] }
  }
}

/** One object a line. */
export const readJsonLines: Reader = async function* (bytes, reading) {
  let row = 0
  for await (const { text, line } of linesOf(bytes)) {
    if (text === '') continue
    row += 1
    yield rowIn(text, { row, line }, reading)
  }
}
