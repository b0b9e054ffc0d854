import { builder } from '../core/builder.ts'
import type { Context } from '../core/context.ts'
import { enumOf } from '../core/enums.ts'
import { User } from './user.ts'

const CredentialFamily = enumOf(
  'CredentialFamily',
  ['dashboard', 'devsphere', 'clientst0r', 'token'],
  'What a caller shows: a key of one of three families, or the access token of somebody signed in.',
)

/** As granted, in the words of the document; what a role grants where no scopes were named. */
function granted({ credential, permissions }: Context): string[] {
  if (!credential || credential.isAdmin) return ['admin']
  return credential.scopes.length ? [...credential.scopes] : [...permissions].sort()
}

const Me = builder.objectRef<Context>('Me').implement({
  description: 'The caller, as the server sees it.',
  fields: (t) => ({
    keyId: t.id({ nullable: true, resolve: ({ credential }) => credential?.keyId ?? null }),
    name: t.string({ resolve: ({ credential, actor }) => credential?.name ?? actor.name }),
    isAdmin: t.boolean({ resolve: ({ credential }) => credential?.isAdmin ?? true }),
    permissions: t.stringList({ description: 'As granted; `admin` alone for an admin key.', resolve: granted }),
    createdBy: t.string({
      description: 'The mail address of whoever created the key, or who is signed in.',
      resolve: ({ credential, actor }) => credential?.createdBy ?? actor.name,
    }),
    family: t.field({
      type: CredentialFamily,
      nullable: true,
      resolve: ({ credential }) => credential?.family ?? null,
    }),
    effectivePermissions: t.stringList({
      description: 'What may be done now: what was granted, within the role of the key’s owner.',
      resolve: ({ permissions }) => [...permissions].sort(),
    }),
    user: t.prismaField({
      type: User,
      nullable: true,
      description: 'The person behind the credential.',
      resolve: (query, { organizationId, actor, db }) =>
        actor.userId === null
          ? null
          : db.membership.findFirst({ ...query, where: { organizationId, id: actor.userId } }),
    }),
  }),
})

builder.queryFields((t) => ({
  me: t.field({
    type: Me,
    description: 'Who is asking, and what they may do. Any valid key or token.',
    rest: {
      dialect: 'dashboard',
      route: 'GET /api/v1/me',
      view: 'keyId name isAdmin permissions createdBy',
      example: {
        keyId: 3,
        name: 'SOC2 platform',
        isAdmin: false,
        permissions: ['apps', 'servers'],
        createdBy: 'james@jamesbratton.me',
      },
    },
    authScopes: { signedIn: true },
    resolve: (_root, _args, ctx) => ctx,
  }),
}))
