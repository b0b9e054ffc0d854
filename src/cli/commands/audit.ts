import { auditLines } from '../../audit/trail/export.ts'
import { type Verification, verifyAudit } from '../../audit/trail/verify.ts'
import { AppError } from '../../core/errors.ts'
import type { Call, Command } from '../command.ts'
import { counted } from '../exchange/format.ts'
import { intoFile, intoStream, unlessInterrupted } from '../exchange/output.ts'
import { interruptible } from '../interrupt.ts'
import { inNamed, withApp } from '../opened.ts'
import { watched } from '../progress.ts'

const organization = { value: 'slug', required: true, description: 'Whose trail.' }

const NAMED: Record<NonNullable<Verification['firstBroken']>['reason'], string> = {
  changed: 'is not what was sealed',
  deleted: 'is gone',
  inserted: 'has no place in the chain: the server did not write it, or its seal is gone',
  moved: 'does not follow the seal before it',
}

function sentenceOf({ id, position, reason }: NonNullable<Verification['firstBroken']>): string {
  const place = position === null ? '' : ` at position ${position}`
  return `The trail does not hold: ${id === null ? 'the row' : `row ${id}`}${place} ${NAMED[reason]}.`
}

const described = ({ checked, unsealed, lastHash }: Verification): string =>
  `The trail holds: ${counted(checked)} proved, ${unsealed} not sealed yet. Position ${checked} ends in ${lastHash}.`

const verify: Command = {
  name: 'audit verify',
  summary: 'Proves that no row of the audit trail was changed, deleted, inserted or moved.',
  options: { organization },
  run: (call) =>
    withApp(call, async (app) => {
      const outcome = await verifyAudit(await inNamed(app, call.needed('organization')))
      if (outcome.valid || call.has('json')) call.print(outcome, described(outcome))
      if (outcome.firstBroken) throw new AppError('CONFLICT', sentenceOf(outcome.firstBroken))
    }),
}

type Written = { rows: number; whole: boolean }

const written = (call: Call, signal: AbortSignal): Promise<Written> => {
  const [from, to, output] = [call.time('from'), call.time('to'), call.text('output')]
  return withApp(call, async (app) => {
    const show = watched(call.terminal)
    let rows = 0
    const progress = (sofar: number) => {
      rows = sofar
      show(sofar, undefined)
    }
    const lines = auditLines(await inNamed(app, call.needed('organization')), { from, to, progress })
    if (!output) return { whole: await intoStream(call, lines, signal), rows }
    await intoFile(output, lines, signal)
    return { whole: true, rows }
  })
}

const exported: Command = {
  name: 'audit export',
  summary: 'Writes the audit trail as JSON Lines, each row with its seal and what that hashes.',
  options: {
    organization,
    output: { value: 'file', description: 'Where to; standard output unless given.' },
    from: { value: 'time', description: 'Only what happened then or later: 2027-01-31T00:00:00Z.' },
    to: { value: 'time', description: 'Only what happened before.' },
  },
  async run(call) {
    const { rows, whole } = await interruptible((signal) =>
      written(call, signal).catch((error: unknown) => unlessInterrupted(error, signal)),
    )
    const output = call.text('output')
    if (output) call.print({ rows, file: output }, `${counted(rows)} exported to ${output}.`)
    else if (whole) call.terminal.err(`${counted(rows)} exported.`)
  },
}

export const audit: readonly Command[] = [verify, exported]
