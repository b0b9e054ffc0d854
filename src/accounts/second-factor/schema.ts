import { builder } from '../../core/builder.ts'
import { row } from '../../core/context.ts'
import { User } from '../user.ts'
import { resetSecondFactor } from './reset.ts'
import {
  type NewSecondFactor as Begun,
  beginSecondFactor,
  type RecoveryCodes as Codes,
  confirmSecondFactor,
  disableSecondFactor,
  renewCodes,
  type SecondFactorState,
  secondFactorOf,
} from './verbs.ts'

const SecondFactor = builder.objectRef<SecondFactorState>('SecondFactor').implement({
  description: 'What is asked of a person at log-in beside their password.',
  fields: (t) => ({
    isEnabled: t.boolean({ resolve: ({ confirmedAt }) => confirmedAt !== null }),
    confirmedAt: t.expose('confirmedAt', { type: 'DateTime', nullable: true, description: 'Since when.' }),
    recoveryCodesLeft: t.exposeInt('recoveryCodesLeft', { description: 'Of ten; each is good for one log-in.' }),
  }),
})

const NewSecondFactor = builder.objectRef<Begun>('NewSecondFactor').implement({
  description: 'What an authenticator is given, which is shown this once.',
  fields: (t) => ({
    secret: t.exposeString('secret', { description: 'In base32: 6 digits, every 30 seconds, SHA-1.' }),
    uri: t.exposeString('uri', { description: 'The same as an `otpauth://` address, to show as a square code.' }),
  }),
})

const RecoveryCodes = builder.objectRef<Codes>('RecoveryCodes').implement({
  description: 'Codes to sign in by without the authenticator, each once. They are shown this once.',
  fields: (t) => ({ recoveryCodes: t.stringList({ resolve: ({ recoveryCodes }) => recoveryCodes }) }),
})

const STATE = 'isEnabled confirmedAt recoveryCodesLeft'
const at = <const R extends string>(route: R) => ({ dialect: 'baserdb', route, noStore: true }) as const
const TOLD_ALIKE =
  'UNAUTHENTICATED where the password is wrong; NOT_FOUND for a key, which has no session; RATE_LIMITED beyond 10 passwords in 15 minutes.'

builder.queryField('secondFactor', (t) =>
  t.field({
    type: SecondFactor,
    description: 'The caller’s own second factor. A key has none.',
    rest: { ...at('GET /api/v1/auth/second-factor'), view: STATE },
    authScopes: { signedIn: true },
    resolve: (_root, _args, ctx) => secondFactorOf(ctx),
  }),
)

const PasswordInput = builder.inputType('PasswordInput', {
  fields: (t) => ({ password: t.string({ required: true, description: 'The caller’s own.' }) }),
})
const ConfirmSecondFactorInput = builder.inputType('ConfirmSecondFactorInput', {
  fields: (t) => ({ code: t.string({ required: true, description: 'What the new authenticator shows.' }) }),
})

builder.mutationFields((t) => ({
  beginSecondFactor: t.field({
    type: NewSecondFactor,
    description: `Makes a second factor for the caller, which is in force once it is confirmed, within an hour; until then what was before stays. ${TOLD_ALIKE}`,
    rest: { ...at('POST /api/v1/auth/second-factor'), body: 'input', view: 'secret uri' },
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: PasswordInput, required: true }) },
    resolve: (_root, { input }, ctx) => beginSecondFactor(ctx, input),
  }),
  confirmSecondFactor: t.field({
    type: RecoveryCodes,
    description:
      'Puts the second factor in force, and answers recovery codes. INVALID_REQUEST for a wrong code; CONFLICT where none waits; RATE_LIMITED beyond 5 codes in 15 minutes.',
    rest: { ...at('POST /api/v1/auth/second-factor/confirm'), body: 'input', view: 'recoveryCodes' },
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: ConfirmSecondFactorInput, required: true }) },
    resolve: (_root, { input }, ctx) => confirmSecondFactor(ctx, input),
  }),
  renewRecoveryCodes: t.field({
    type: RecoveryCodes,
    description: `Answers new recovery codes; those before are good for nothing. CONFLICT without a second factor. ${TOLD_ALIKE}`,
    rest: { ...at('POST /api/v1/auth/second-factor/recovery-codes'), body: 'input', view: 'recoveryCodes' },
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: PasswordInput, required: true }) },
    resolve: (_root, { input }, ctx) => renewCodes(ctx, input),
  }),
  disableSecondFactor: t.field({
    type: SecondFactor,
    description: `Takes the caller’s second factor away, with the recovery codes. CONFLICT where there is none. ${TOLD_ALIKE}`,
    rest: { ...at('POST /api/v1/auth/second-factor/disable'), body: 'input', view: STATE },
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: PasswordInput, required: true }) },
    resolve: (_root, { input }, ctx) => disableSecondFactor(ctx, input),
  }),
  resetSecondFactor: t.prismaField({
    type: User,
    description:
      'Takes somebody else’s second factor away, for who lost it. CONFLICT where there is none; FORBIDDEN for one’s own, and for a person of several organizations.',
    rest: {
      ...{ dialect: 'baserdb', route: 'POST /api/v1/users/:id/second-factor/reset' },
      view: 'id email displayName locale role status createdAt hasSecondFactor',
    },
    authScopes: { can: 'users:manage' },
    args: { id: t.arg.id({ required: true }) },
    resolve: async (query, _root, { id }, ctx) => {
      const person = await resetSecondFactor(ctx, Number(id))
      return ctx.db.membership.findUniqueOrThrow({ ...query, where: row(ctx, person) })
    },
  }),
}))
