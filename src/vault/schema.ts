import { builder, type InputFields } from '../core/builder.ts'
import { row } from '../core/context.ts'
import { found } from '../core/found.ts'
import { listField } from '../core/list/connection.ts'
import { clientst0rRoutes } from '../core/rest-resource.ts'
import { rowMutations } from '../core/row-mutations.ts'
import { checkPasswordBreach } from './check-breach.ts'
import { NO_OTP, type PasswordOtp, readOneTimeCode, revealPassword } from './reveal.ts'
import { TABLE } from './secrets.ts'
import { sensitive } from './sensitive.ts'
import { PasswordEntries, PasswordEntry, PasswordType } from './type.ts'
import { createPasswordEntry, deletePasswordEntry, updatePasswordEntry } from './verbs.ts'

const VIEW = `id title passwordType passwordTypeDisplay username password url notes otpIssuer hasOtp expiresAt isExpired
  lastBreachCheck tags { id name slug color } createdAt updatedAt`

const ROUTES = clientst0rRoutes({
  name: 'passwords',
  view: VIEW,
  required: 'title',
  params: {
    password_type: 'passwordType.eq',
    is_expired: 'isExpired.eq',
    has_otp: 'hasOtp.eq',
    tag: 'tag.eq',
    tag_id: 'tagId.eq',
  },
})

const revealed = (query: object) => sensitive((_root, { id }: { id: number }, ctx) => revealPassword(ctx, id, query))

const OneTimeCode = builder.objectRef<PasswordOtp['otp']>('OneTimeCode').implement({
  description: 'A code that holds for some seconds (RFC 6238).',
  fields: (t) => ({
    code: t.exposeString('code'),
    timeRemaining: t.exposeInt('timeRemaining', { description: 'For how many seconds it holds.' }),
    issuer: t.exposeString('issuer', { nullable: true, description: 'Who asks for it.' }),
  }),
})
const PasswordOtpType = builder.objectRef<PasswordOtp>('PasswordOtp').implement({
  description: 'The one-time code of a vault entry.',
  fields: (t) => ({ otp: t.expose('otp', { type: OneTimeCode }) }),
})

builder.queryFields((t) => ({
  passwordEntries: listField(t, PasswordEntries, {
    description:
      'Vault entries, newest first, their passwords masked. A search looks through title, user name and address.',
    rest: ROUTES.list,
    authScopes: { can: 'vault:read' },
  }),
  passwordEntry: t.prismaField({
    type: PasswordEntry,
    nullable: true,
    description:
      'One vault entry. NOT_FOUND where there is none. To reveal its password needs `vault:reveal`, is audited and RATE_LIMITED beyond 30 a minute; FORBIDDEN where somebody has to approve it first.',
    rest: { ...ROUTES.one, noStore: 'reveal' },
    authScopes: { can: 'vault:read' },
    args: {
      id: t.arg.id({ required: true }),
      reveal: t.arg.boolean({ defaultValue: false, description: 'Whether to show the password itself.' }),
    },
    resolve: (query, root, args, ctx, info) =>
      args.reveal
        ? (revealed(query)(root, args, ctx, info) as never)
        : found(TABLE, ctx.db.passwordEntry.findUnique({ ...query, where: row(ctx, args.id) })),
  }),
  passwordOtp: t.field({
    type: PasswordOtpType,
    description:
      'The present one-time code of a vault entry. Audited, approved and limited as a revealed password is. INVALID_REQUEST where the entry makes none.',
    rest: {
      dialect: 'clientst0r',
      route: 'GET /api/passwords/:id/otp/',
      also: ['/api/v1/passwords/:id/otp/'],
      view: 'otp { code timeRemaining issuer }',
      noStore: true,
      refusals: { 400: { error: NO_OTP } },
    },
    authScopes: { can: 'vault:reveal' },
    args: { id: t.arg.id({ required: true }) },
    resolve: sensitive((_root, { id }, ctx) => readOneTimeCode(ctx, id)),
  }),
}))

const fieldsOf = (t: InputFields) => ({
  passwordType: t.field({ type: PasswordType, description: 'WEBSITE unless given.' }),
  username: t.string(),
  password: t.string({ description: 'Stored encrypted, and masked when it is read.' }),
  url: t.string(),
  notes: t.string({ description: 'Not a place for secrets: it is stored and shown as it is.' }),
  otpSecret: t.string({
    description: 'The secret of one-time codes in base32, or an otpauth:// address. Stored encrypted, never shown.',
  }),
  otpIssuer: t.string({ description: 'The one in the otpauth:// address unless given.' }),
  expiresAt: t.field({ type: 'DateTime' }),
  requiresApproval: t.boolean({
    description: 'Whether somebody else has to approve each reveal. To lift it takes such an approval as well.',
  }),
  assetId: t.id({ description: 'What it opens.' }),
  tagIds: t.idList({ description: 'Its tags; these and no others.' }),
})

rowMutations(PasswordEntry, {
  can: 'vault:write',
  required: 'title',
  fields: fieldsOf,
  create: { verb: createPasswordEntry, rest: ROUTES.create, description: 'Adds a vault entry.' },
  update: {
    verb: updatePasswordEntry,
    rest: ROUTES.update,
    partial: 'What is left out stays, and so does a password that is sent back masked; null clears a field.',
    description: 'Changes a vault entry. NOT_FOUND where there is none.',
  },
  delete: {
    verb: deletePasswordEntry,
    rest: ROUTES.delete,
    description: 'Deletes a vault entry and returns it as it was.',
  },
})

builder.mutationField('checkPasswordBreach', (t) =>
  t.field({
    type: PasswordEntry,
    description:
      'Looks the password up among breached ones, of which no more than five characters of a hash leave, and marks the entry. UNKNOWN where that fails; CONFLICT where there is no password.',
    rest: false,
    authScopes: { can: 'vault:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: sensitive((_root, { id }, ctx) => checkPasswordBreach(ctx, id)),
  }),
)
