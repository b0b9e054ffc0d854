import { ACCESS_SECONDS } from '../../access/access-token.ts'
import { resetByOperator } from '../../accounts/second-factor/reset.ts'
import { type Command, UsageError } from '../command.ts'
import { operator, withApp } from '../opened.ts'

/** As long as a token lasts that was signed at the last moment, and a little for clocks that differ. */
const OVERLAP = ACCESS_SECONDS + 60
const LONGEST = 86_400

const rotateKeys: Command = {
  name: 'auth rotate-keys',
  summary: 'Signs access tokens by a new key from now on. Those signed before stay valid until they are over.',
  options: {
    overlap: {
      value: 'seconds',
      description: `How long tokens of the key before are believed: 0 to ${LONGEST}, ${OVERLAP} unless given.`,
    },
  },
  async run(call) {
    const overlap = call.number('overlap') ?? OVERLAP
    if (overlap < 0 || overlap > LONGEST) throw new UsageError(`--overlap must be 0 to ${LONGEST}.`, call.command.name)
    await withApp(call, async ({ signingKeys, announced }) => {
      const kid = await signingKeys.rotate(overlap)
      await announced()
      call.print(
        { kid, overlap },
        `Access tokens are signed by the key ${kid} now; earlier ones are believed for ${overlap} s.`,
      )
    })
  },
}

const NOWHERE = 0

const resetFactor: Command = {
  name: 'auth reset-second-factor',
  summary: 'Takes the second factor of somebody away who lost it; they sign in by their password alone.',
  argument: { name: 'email', description: 'Whose.' },
  options: {},
  async run(call) {
    await withApp(call, async (app) => {
      const person = await resetByOperator(operator(app, NOWHERE), call.argument().toLowerCase())
      call.print(person, `${person.email} has no second factor any more.`)
    })
  },
}

export const auth: readonly Command[] = [rotateKeys, resetFactor]
