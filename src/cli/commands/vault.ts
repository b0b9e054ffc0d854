import { AppError } from '../../core/errors.ts'
import { checkBreaches, type Looked } from '../../vault/check-breaches.ts'
import { type Rewrapped, rewrapAll } from '../../vault/rewrap.ts'
import { type Command, UsageError } from '../command.ts'
import { inNamed, withApp } from '../opened.ts'

const BATCH = 500

const rowsIn = (count: number): string => `${count} row${count === 1 ? '' : 's'}`

const described = ({ keyId, rewrapped, current }: Rewrapped): string =>
  `${rowsIn(rewrapped)} rewrapped for the master key ${keyId}, ${rowsIn(current)} under it before. The key before it is not needed any more.`

function refuseUnknown({ unknown }: Rewrapped): void {
  if (unknown === 0) return
  const sentence = `${rowsIn(unknown)} could not be rewrapped: their master key is neither OPSGRAPH_MASTER_KEY nor OPSGRAPH_PREVIOUS_MASTER_KEY, or another process goes on writing with it. Name that key as the previous one, or restart that process with the new key, and run this again.`
  throw new AppError('CONFLICT', sentence)
}

const rewrap: Command = {
  name: 'vault rewrap',
  summary:
    'Encrypts the keys of vault entries, credentials, webhook secrets and backups by a new master key, going on where it was interrupted.',
  options: { batch: { value: 'rows', description: `Rows in one transaction: 1 to 10000, ${BATCH} unless given.` } },
  async run(call) {
    const batch = call.number('batch') ?? BATCH
    if (batch < 1 || batch > 10_000) throw new UsageError('--batch must be 1 to 10000.', call.command.name)
    await withApp(call, async ({ query, envelope }) => {
      const progress = (done: number, all: number) => call.terminal.progress?.(`rewrapped ${done} of ${rowsIn(all)}`)
      const outcome = await rewrapAll({ query, envelope, batch, progress })
      refuseUnknown(outcome)
      call.print(outcome, described(outcome))
    })
  },
}

const DAY_MS = 86_400_000

const told = ({ safe, breached, unknown, breachedIds }: Looked): string =>
  [
    `${safe} safe, ${breached} breached, ${unknown} could not be looked up.`,
    ...(breachedIds.length ? [`Breached: ${breachedIds.join(', ')}.`] : []),
  ].join(' ')

const check: Command = {
  name: 'vault check',
  summary: 'Looks the passwords of an organization up among breached ones and marks their entries.',
  options: {
    organization: { value: 'slug', required: true, description: 'Whose vault.' },
    'older-than': { value: 'days', description: 'Leave out what was looked up within so many days.' },
  },
  async run(call) {
    const days = call.number('older-than')
    await withApp(call, async (app) => {
      const ctx = await inNamed(app, call.needed('organization'))
      const since = days === undefined ? undefined : new Date(ctx.clock.now().getTime() - days * DAY_MS)
      const { progress } = call.terminal
      const watched = progress && ((done: number) => progress(`looked up ${rowsIn(done)}`))
      const outcome = await checkBreaches(ctx, { since, progress: watched })
      call.print(outcome, told(outcome))
    })
  },
}

export const vault: readonly Command[] = [rewrap, check]
