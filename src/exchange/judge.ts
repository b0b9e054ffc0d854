import type { Context } from '../core/context.ts'
import { AppError, type FieldErrors } from '../core/errors.ts'
import type { Input } from '../core/validate.ts'
import type { Exchange } from './exchange.ts'
import { Unfit } from './kinds.ts'
import type { Cell, FileRow, Problem } from './reading/row.ts'

/** A row of a file as far as it can be told without other rows. */
export type Understood = { from: FileRow; input: Input; problems: Problem[]; blamed: ReadonlySet<string> }

/** A row that can be inserted. */
export type Ready<New> = { from: FileRow; value: New }
/** A row that cannot, and why. */
export type Refused = { from: FileRow; problems: readonly Problem[] }

function readCell({ column, value }: Cell): { value: unknown } | { wrong: string } {
  try {
    return { value: value === null ? null : column.kind.read(value) }
  } catch (error) {
    if (error instanceof Unfit) return { wrong: error.message }
    throw error
  }
}

export function understand(from: FileRow): Understood {
  const input: Record<string, unknown> = {}
  const problems = [...from.problems]
  const blamed = new Set<string>()
  for (const cell of from.cells) {
    const { field } = cell.column
    const read = readCell(cell)
    if ('value' in read) input[field] = read.value
    else {
      problems.push({ field: cell.name, message: read.wrong })
      blamed.add(field)
    }
  }
  return { from, input, problems, blamed }
}

/** The fields that a refusal blames, by the names that the file has for them. */
export function problemsOf<New>(
  error: AppError,
  { cells }: FileRow,
  { exported }: Exchange<New>,
): (Problem & { of: string })[] {
  const { fields } = error.details
  if (!fields) return [{ field: null, of: '', message: error.message }]
  return Object.entries(fields as FieldErrors).flatMap(([path, sentences]) => {
    const [of] = path.split('.') as [string]
    const named = cells.find(({ column }) => column.field === of) ?? exported.find(({ field }) => field === of)
    return sentences.map((message) => ({ field: named?.name ?? of, of, message }))
  })
}

/** Runs a judgement; what it blames is noted, but for the fields that are blamed already. */
function judged<New, T>(exchange: Exchange<New>, row: Understood, judge: () => T): T | undefined {
  try {
    return judge()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const found = problemsOf(error, row.from, exchange).filter(({ of }) => !row.blamed.has(of))
    row.problems.push(...found.map(({ field, message }) => ({ field, message })))
    row.blamed = new Set([...row.blamed, ...found.map(({ of }) => of)])
    return undefined
  }
}

const without = (input: Input, names: ReadonlySet<string>): Input =>
  Object.fromEntries(Object.entries(input).filter(([name]) => !names.has(name)))

/** All that is wrong with a row at once: what cannot be read, rows of others that are not there, and the rules of a creation. */
function judge<New>(
  exchange: Exchange<New>,
  ctx: Context,
  row: Understood,
  complete: (input: Input) => Input,
): Ready<New> | Refused {
  const { from, input } = row
  if (from.problems.length) return row
  const completed = judged(exchange, row, () => complete(input)) ?? without(input, row.blamed)
  const value = judged(exchange, row, () => exchange.declared.prepare(ctx, completed))
  return row.problems.length ? { from, problems: row.problems } : { from, value: value as New }
}

/** A batch of rows, in order, as what can be inserted of it and what cannot. */
export async function judgeRows<New>(
  exchange: Exchange<New>,
  ctx: Context,
  rows: readonly FileRow[],
): Promise<{ ready: Ready<New>[]; refused: Refused[] }> {
  const understood = rows.map(understand)
  const inputs = understood.map(({ input }) => input)
  const complete = (await exchange.declared.references?.(ctx, inputs)) ?? ((input: Input) => input)
  const each = understood.map((row) => judge(exchange, ctx, row, complete))
  return {
    ready: each.filter((row) => 'value' in row),
    refused: each.filter((row) => 'problems' in row),
  }
}
