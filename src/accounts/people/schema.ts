import { limitField } from '../../access/rate-limited-field.ts'
import { builder } from '../../core/builder.ts'
import { type Context, row } from '../../core/context.ts'
import { enumOf } from '../../core/enums.ts'
import { found } from '../../core/found.ts'
import { listField } from '../../core/list/connection.ts'
import { SIGN_IN, SignIn } from '../sessions/schema.ts'
import { Role, User, UserStatus } from '../user.ts'
import { acceptInvitation } from './accept.ts'
import { type Invited, inviteUser } from './invite.ts'
import { PRESENT, Users } from './list.ts'
import { removeUser, updateUser } from './verbs.ts'

const USER = 'id email displayName locale role status createdAt hasSecondFactor'
const can = { can: 'users:manage' } as const

const InvitedUser = builder.objectRef<Invited>('InvitedUser').implement({
  description: 'Somebody who was invited, with the token that accepts the invitation, which is shown this once.',
  authScopes: can,
  fields: (t) => ({
    id: t.exposeID('id'),
    email: t.string({ resolve: ({ user }) => user.email }),
    displayName: t.exposeString('displayName'),
    locale: t.exposeString('locale'),
    role: t.expose('role', { type: Role }),
    status: t.expose('status', { type: UserStatus }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    hasSecondFactor: t.exposeBoolean('hasSecondFactor'),
    invitationToken: t.exposeString('invitationToken'),
    invitationExpiresAt: t.expose('invitationExpiresAt', { type: 'DateTime' }),
    isMailed: t.exposeBoolean('isMailed', {
      description: 'Whether the invitation is on its way by mail; if not, hand the token on.',
    }),
  }),
})

builder.queryFields((t) => ({
  users: listField(t, Users, {
    description: 'The people of the organization, those who are invited and disabled too.',
    rest: {
      dialect: 'baserdb',
      route: 'GET /api/v1/users',
      view: USER,
      list: { params: { email: 'email.eq', role: 'role.eq', status: 'status.eq' } },
    },
    authScopes: can,
    where: () => PRESENT,
  }),
  user: t.prismaField({
    type: User,
    nullable: true,
    description: 'One person of the organization. NOT_FOUND where there is none, or none any more.',
    rest: { dialect: 'baserdb', route: 'GET /api/v1/users/:id', view: USER },
    authScopes: can,
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) =>
      found(
        'user',
        ctx.db.membership.findFirst({ ...query, where: { ...row(ctx, Number(id)).organizationId_id, ...PRESENT } }),
      ),
  }),
}))

const InviteUserInput = builder.inputType('InviteUserInput', {
  fields: (t) => ({
    email: t.string({ required: true }),
    displayName: t.string({ description: 'As this organization calls them.' }),
    locale: t.string({ description: 'A language tag; en unless given.' }),
    role: t.field({ type: Role, description: 'READONLY unless given; nothing that its giver may not do.' }),
  }),
})

const UserAccess = enumOf('UserAccess', ['active', 'disabled'], 'Whether somebody who belongs here may do anything.')

const UpdateUserInput = builder.inputType('UpdateUserInput', {
  description: 'What is left out stays.',
  fields: (t) => ({
    displayName: t.string(),
    locale: t.string(),
    role: t.field({ type: Role }),
    status: t.field({ type: UserAccess }),
  }),
})

const AcceptInviteInput = builder.inputType('AcceptInviteInput', {
  fields: (t) => ({
    token: t.string({ required: true }),
    password: t.string({
      required: true,
      description: '12 to 200 characters; their present one, for somebody who has an account.',
    }),
    code: t.string({ description: 'For an account with a second factor, as at log-in.' }),
    displayName: t.string(),
  }),
})

/** Each sends a message: whoever invites many at once is stopped, across all processes. */
const sparing = limitField<Context, object>({
  window: 60,
  max: 60,
  identity: ({ organizationId }) => `invitations of ${organizationId}`,
})

builder.mutationFields((t) => ({
  inviteUser: t.field({
    type: InvitedUser,
    description:
      'Invites somebody by mail, for seven days. CONFLICT for who belongs already; RATE_LIMITED beyond 60 a minute.',
    rest: {
      ...{ dialect: 'baserdb', route: 'POST /api/v1/users', body: 'input', status: 201, noStore: true },
      view: `${USER} invitationToken invitationExpiresAt isMailed`,
    },
    authScopes: can,
    args: { input: t.arg({ type: InviteUserInput, required: true }) },
    resolve: sparing((_root, { input }, ctx) => inviteUser(ctx, input)),
  }),
  updateUser: t.prismaField({
    type: User,
    description:
      'Changes how a person belongs to the organization, from their next request on. CONFLICT for its only owner.',
    rest: { dialect: 'baserdb', route: 'PATCH /api/v1/users/:id', body: 'input', view: USER },
    authScopes: can,
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateUserInput, required: true }) },
    resolve: async (query, _root, { id, input }, ctx) => {
      const { id: changed } = await updateUser(ctx, Number(id), input)
      return ctx.db.membership.findUniqueOrThrow({ ...query, where: row(ctx, changed) })
    },
  }),
  deleteUser: t.prismaField({
    type: User,
    description:
      'Takes the membership away and revokes the person’s keys; the person stays, and what they did. CONFLICT for the only owner.',
    rest: { dialect: 'baserdb', route: 'DELETE /api/v1/users/:id', view: USER },
    authScopes: can,
    args: { id: t.arg.id({ required: true }) },
    resolve: async (query, _root, { id }, ctx) => {
      const { id: removed } = await removeUser(ctx, Number(id))
      return ctx.db.membership.findUniqueOrThrow({ ...query, where: row(ctx, removed) })
    },
  }),
  acceptInvite: t.field({
    type: SignIn,
    description: 'Accepts an invitation and begins a session. INVALID_TOKEN for one that is not valid any more.',
    rest: {
      ...{ dialect: 'baserdb', route: 'POST /api/v1/auth/accept-invite', body: 'input', noStore: true },
      ...{ view: SIGN_IN, public: true },
    },
    authScopes: { public: true },
    args: { input: t.arg({ type: AcceptInviteInput, required: true }) },
    resolve: (_root, { input }, ctx) => acceptInvitation(ctx, input),
  }),
}))
