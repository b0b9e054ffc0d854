import { builder } from '../../core/builder.ts'
import type { Context } from '../../core/context.ts'
import type { Session as SessionRow } from '../../db/generated/client.ts'
import { Role } from '../user.ts'
import { changePassword, ownSessions, revokeSession, signOut } from './end.ts'
import { identityOf, type Identity as Known } from './identity.ts'
import { refreshSession } from './refresh.ts'
import { type Person, REFRESH_SECONDS, type SignedIn } from './session.ts'
import { signIn } from './sign-in.ts'

const Account = builder.objectRef<Person>('Account').implement({
  description: 'A person, whichever organizations they belong to.',
  fields: (t) => ({
    id: t.exposeID('id'),
    email: t.exposeString('email'),
    displayName: t.exposeString('displayName', { description: 'As they call themselves.' }),
    locale: t.exposeString('locale'),
  }),
})

export const SignIn = builder.objectRef<SignedIn>('SignIn').implement({
  description: 'What somebody who signed in shows from now on. Neither token is ever shown again.',
  fields: (t) => ({
    accessToken: t.exposeString('accessToken', { description: 'Send it as `Authorization: Bearer <token>`.' }),
    tokenType: t.string({ resolve: () => 'Bearer' }),
    expiresIn: t.int({
      description: 'Seconds for which the access token is valid.',
      resolve: (_signedIn, _args, ctx) => ctx.accessTokens.seconds,
    }),
    refreshToken: t.exposeString('refreshToken', { description: 'Good for one refresh, which answers the next one.' }),
    refreshExpiresIn: t.int({
      description: 'Seconds after which the session is over, unless it is refreshed.',
      resolve: () => REFRESH_SECONDS,
    }),
    user: t.field({ type: Account, resolve: ({ user }) => user }),
  }),
})

const Session = builder.objectRef<SessionRow>('Session').implement({
  description: 'Somebody signed in on one device.',
  fields: (t) => ({
    id: t.exposeID('id'),
    address: t.exposeString('address', { description: 'From where it was begun.' }),
    isCurrent: t.boolean({
      description: 'Whether it is the one that asks.',
      resolve: ({ id }, _args, { credential }) => credential?.sessionId === id,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', description: 'When it was last refreshed.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
  }),
})

const OwnMembership = builder.objectRef<Known['organizations'][number]>('OwnMembership').implement({
  description: 'An organization that the caller belongs to, and their role there.',
  fields: (t) => ({
    id: t.exposeID('id'),
    slug: t.exposeString('slug'),
    name: t.exposeString('name'),
    role: t.expose('role', { type: Role }),
  }),
})

const Identity = builder.objectRef<Known>('Identity').implement({
  description: 'Who is asking, where they belong, and what they may do.',
  fields: (t) => ({
    user: t.field({ type: Account, resolve: ({ user }) => user }),
    organizations: t.field({
      type: [OwnMembership],
      description: 'All of the person’s; a key that stands for an organization has that one alone.',
      resolve: ({ organizations }) => organizations,
    }),
    roles: t.field({
      type: [Role],
      description: 'Theirs in the organization that is asked; none until one of several is chosen.',
      resolve: ({ roles }) => roles,
    }),
    hasSecondFactor: t.exposeBoolean('hasSecondFactor', {
      description: 'Whether more than a password is asked of the person at log-in.',
    }),
    effectivePermissions: t.stringList({
      description: 'What may be done now, in that organization.',
      resolve: (_identity, _args, { permissions }) => [...permissions].sort(),
    }),
  }),
})

const SESSION = 'id address isCurrent createdAt lastUsedAt expiresAt revokedAt'
const ACCOUNT = 'id email displayName locale'
export const SIGN_IN = `accessToken tokenType expiresIn refreshToken refreshExpiresIn user { ${ACCOUNT} }`
const at = <const R extends string>(route: R) => ({ dialect: 'baserdb', route, noStore: true }) as const

builder.queryFields((t) => ({
  identity: t.field({
    type: Identity,
    description: 'Who is asking, across their organizations. Any valid key or token.',
    rest: {
      ...at('GET /api/v1/auth/me'),
      view: `user { ${ACCOUNT} } organizations { id slug name role } roles effectivePermissions hasSecondFactor`,
    },
    authScopes: { signedIn: true },
    resolve: (_root, _args, ctx) => identityOf(ctx),
  }),
  sessions: t.field({
    type: [Session],
    description: 'The caller’s sessions in force, at most 200, the one last used at the top. A key has none.',
    rest: { ...at('GET /api/v1/auth/sessions'), view: SESSION },
    authScopes: { signedIn: true },
    resolve: (_root, _args, ctx) => ownSessions(ctx),
  }),
}))

const LoginInput = builder.inputType('LoginInput', {
  fields: (t) => ({
    email: t.string({ required: true }),
    password: t.string({ required: true }),
    code: t.string({ description: 'Where the account has a second factor: the code of now, or a recovery code.' }),
  }),
})
const RefreshInput = builder.inputType('RefreshInput', {
  fields: (t) => ({ refreshToken: t.string({ required: true }) }),
})
const ChangePasswordInput = builder.inputType('ChangePasswordInput', {
  fields: (t) => ({
    current: t.string({ required: true }),
    new: t.string({ required: true, description: '12 to 200 characters.' }),
  }),
})

builder.mutationFields((t) => ({
  login: t.field({
    type: SignIn,
    description:
      'Begins a session. UNAUTHENTICATED, in the same words and time, for a wrong password and an unknown account, and after a right one where the code of a second factor is missing or wrong; RATE_LIMITED beyond 10 failures (5 of codes) in 15 minutes for an account, or 100 attempts a minute from an address.',
    rest: { ...at('POST /api/v1/auth/login'), body: 'input', view: SIGN_IN, public: true },
    authScopes: { public: true },
    args: { input: t.arg({ type: LoginInput, required: true }) },
    resolve: (_root, { input }, ctx: Context) => signIn(ctx, input),
  }),
  refreshLogin: t.field({
    type: SignIn,
    description:
      'Exchanges a refresh token for the next one. INVALID_TOKEN for one that is not valid; one that was used before ends its session.',
    rest: { ...at('POST /api/v1/auth/refresh'), body: 'input', view: SIGN_IN, public: true },
    authScopes: { public: true },
    args: { input: t.arg({ type: RefreshInput, required: true }) },
    resolve: (_root, { input }, ctx) => refreshSession(ctx, input),
  }),
  logout: t.field({
    type: Session,
    description:
      'Ends the session that asks; its tokens fail on their next request. NOT_FOUND for a key, which has none.',
    rest: { ...at('POST /api/v1/auth/logout'), view: SESSION },
    authScopes: { signedIn: true },
    resolve: (_root, _args, ctx) => signOut(ctx),
  }),
  revokeSession: t.field({
    type: Session,
    description: 'Ends a session of one’s own. NOT_FOUND for any other.',
    rest: { ...at('DELETE /api/v1/auth/sessions/:id'), view: SESSION },
    authScopes: { signedIn: true },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => revokeSession(ctx, id),
  }),
  changePassword: t.field({
    type: Account,
    description:
      'Gives the caller another password and ends their other sessions. UNAUTHENTICATED where the current one is wrong; NOT_FOUND for a key, which has no session.',
    rest: { ...at('POST /api/v1/auth/password'), body: 'input', view: ACCOUNT },
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: ChangePasswordInput, required: true }) },
    resolve: (_root, { input }, ctx) => changePassword(ctx, input),
  }),
}))
