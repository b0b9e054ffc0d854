import { AppError } from '../../core/errors.ts'
import type { AnyExchange } from '../../exchange/exchange.ts'
import { type Imported, importRows, type RowProblem } from '../../exchange/import.ts'
import { Unreadable } from '../../exchange/reading/unreadable.ts'
import type { Call } from '../command.ts'
import { interruptible } from '../interrupt.ts'
import { inNamed, withApp } from '../opened.ts'
import { watched } from '../progress.ts'
import { counted, formatOption } from './format.ts'
import { openSource } from './source.ts'

type Outcome = Imported & { interrupted: boolean; atomic: boolean; dryRun: boolean }

/** Problems that the outcome repeats for programs; all of them are on standard error. */
const REPEATED = 1000

const lineOf = ({ line, field, message }: RowProblem): string =>
  `line ${line}: ${field === null ? '' : `${field}: `}${message}`

function described({ rows, imported, refused, ignored, dryRun }: Outcome): string {
  const kept = `${imported.toLocaleString('en-US')} ${dryRun ? 'would be imported' : 'imported'}`
  const server = `Ignored, because the server alone writes them: ${ignored.join(', ')}.`
  return [`${counted(rows)} read: ${kept}, ${refused} refused.`, ...(ignored.length ? [server] : [])].join('\n')
}

/** Why the command has not done all that it was asked. */
function shortfall({ refused, complete, interrupted, lastLine, atomic, dryRun }: Outcome): AppError | undefined {
  const nothing = atomic && !dryRun ? ' Nothing was imported.' : ''
  if (interrupted)
    return new AppError(
      'UNPROCESSABLE',
      nothing ? `Interrupted.${nothing}` : `Interrupted: rows up to line ${lastLine} are done, the rest is not.`,
    )
  if (!complete) return new AppError('UNPROCESSABLE', `The file could not be read to its end.${nothing}`)
  return refused ? new AppError('UNPROCESSABLE', `${counted(refused)} refused; see above.${nothing}`) : undefined
}

const nameOf = (call: Call): string => (call.argument() === '-' ? 'Standard input' : call.argument())

async function imported(call: Call, exchange: AnyExchange, signal: AbortSignal) {
  const source = await openSource(call, formatOption(call), signal)
  const problems: RowProblem[] = []
  const show = watched(call.terminal)
  const outcome = await withApp(call, async (app) =>
    importRows(await inNamed(app, call.needed('organization')), {
      ...{ exchange, source: source.bytes, format: source.format, signal },
      ...{ atomic: call.has('atomic'), dryRun: call.has('dry-run') },
      progress: ({ rows }) => show(rows, source.share()),
      problem: (problem) => {
        if (problems.length < REPEATED) problems.push(problem)
        call.terminal.err(lineOf(problem))
      },
    }),
  )
  return { outcome, problems }
}

export async function runImport(call: Call, load: () => Promise<AnyExchange>): Promise<void> {
  const exchange = await load()
  const { outcome, problems } = await interruptible(async (signal) => {
    try {
      const done = await imported(call, exchange, signal)
      const interrupted = signal.aborted && !done.outcome.complete
      const how = { interrupted, atomic: call.has('atomic'), dryRun: call.has('dry-run') }
      return { ...done, outcome: { ...done.outcome, ...how } }
    } catch (error) {
      if (error instanceof Unreadable) throw new AppError('INVALID_REQUEST', `${nameOf(call)} ${error.sentence}`)
      throw error
    }
  })
  const { lastLine: _, ...told } = outcome
  call.print({ ...told, problems }, described(outcome))
  const missing = shortfall(outcome)
  if (missing) throw missing
}
