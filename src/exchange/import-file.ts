import { z } from 'zod'
import type { Context } from '../core/context.ts'
import { AppError, invalid } from '../core/errors.ts'
import { type Input, validated } from '../core/validate.ts'
import { readDocument } from '../knowledge/documents/verbs.ts'
import type { AnyExchange } from './exchange.ts'
import type { Reported } from './graph-types.ts'
import { importRows, type RowProblem } from './import.ts'
import { FORMATS, type Format, formatOf, readRows } from './reading/read.ts'
import { Unreadable } from './reading/unreadable.ts'

/** What one call can do in the time of a request; a command has no such bound. */
const MOST_ROWS = 10_000
const TOLD = 200
const HEAD = 1024

const asked = z.object({
  content: z.string().nullish(),
  documentId: z.int().nullish(),
  format: z.enum(FORMATS).nullish(),
  atomic: z.boolean().nullish(),
  dryRun: z.boolean().nullish(),
})

type Place = 'content' | 'documentId'
type File = { place: Place; bytes: Buffer }

async function fileOf(ctx: Context, { content, documentId }: z.output<typeof asked>): Promise<File> {
  if (typeof content === 'string' && typeof documentId === 'number')
    throw invalid('documentId', 'is given beside a content; give one of the two.')
  if (typeof content === 'string') return { place: 'content', bytes: Buffer.from(content) }
  if (typeof documentId !== 'number') throw invalid('content', 'is needed, or a documentId.')
  const need = 'documents:read'
  if (!ctx.permissions.has(need)) throw new AppError('FORBIDDEN', `This needs the permission ${need}.`, { need })
  return { place: 'documentId', bytes: (await readDocument(ctx, documentId)).content.bytes }
}

/** Counted before the first row is kept. */
async function assertBounded(exchange: AnyExchange, format: Format, { place, bytes }: File): Promise<void> {
  let count = 0
  for await (const _row of readRows(format, [bytes], { exchange, ignored: () => {} })) {
    count += 1
    if (count <= MOST_ROWS) continue
    const sentence = `has more than ${MOST_ROWS} rows; import it in parts, or by the command.`
    throw new AppError('PAYLOAD_TOO_LARGE', `${place}: ${sentence}`, { fields: { [place]: [sentence] } })
  }
}

/** A file by way of the graph: what is wrong with it as a whole is a refusal, what is wrong with its rows a report. */
export async function importFile(ctx: Context, exchange: AnyExchange, input: Input): Promise<Reported> {
  const given = validated(asked, input)
  const file = await fileOf(ctx, given)
  const format = given.format ?? formatOf(file.bytes.toString('utf8', 0, HEAD))
  const { atomic, dryRun } = given
  const problems: RowProblem[] = []
  let problemCount = 0
  const problem = (found: RowProblem) => {
    problemCount += 1
    if (problems.length < TOLD || found.row === null) problems.push(found)
  }
  const how = { atomic: atomic === true, dryRun: dryRun === true }
  try {
    await assertBounded(exchange, format, file).catch(unlessUnreadable)
    const imported = await importRows(ctx, { exchange, source: [file.bytes], format, ...how, problem })
    return { ...imported, problems, problemCount }
  } catch (error) {
    if (error instanceof Unreadable) throw invalid(file.place, error.sentence)
    throw error
  }
}

function unlessUnreadable(error: unknown): void {
  if (!(error instanceof Unreadable)) throw error
}
