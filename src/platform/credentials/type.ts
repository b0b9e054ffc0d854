import { Role } from '../../accounts/user.ts'
import { builder } from '../../core/builder.ts'
import { enumOf } from '../../core/enums.ts'
import { relatedList } from '../../core/list/connection.ts'
import { defineList } from '../../core/list/declare.ts'
import {
  CredentialAccess as ACCESSES,
  CredentialEngine as ENGINES,
  CredentialKind as KINDS,
} from '../../db/generated/enums.ts'
import { CredentialGrants } from './grants/type.ts'
import type { RevealedCredential } from './reveal.ts'

const CredentialKind = enumOf(
  'CredentialKind',
  KINDS,
  'STORED: somebody brought its URI. ISSUED: a role of this server’s database was made for it.',
)
const CredentialEngine = enumOf('CredentialEngine', ENGINES, 'What a credential connects to.')
export const CredentialAccess = enumOf(
  'CredentialAccess',
  ACCESSES,
  'What an issued credential may do with the rows of its group’s tables.',
)

export const Credential = builder.prismaObject('Credential', {
  description:
    'How to connect to a database. Its URI is stored encrypted and shown to whoever its policy lets reveal it.',
  authScopes: { can: 'credentials:read' },
  select: { organizationId: true, id: true },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    description: t.exposeString('description'),
    kind: t.expose('kind', { type: CredentialKind }),
    engine: t.expose('engine', { type: CredentialEngine }),
    host: t.exposeString('host', { description: 'The first one where the URI names several.' }),
    port: t.exposeInt('port', { nullable: true, description: 'Null: the one that is usual for the engine.' }),
    database: t.exposeString('database', { nullable: true }),
    username: t.exposeString('username', { nullable: true }),
    maskedUri: t.exposeString('maskedUri', {
      description: 'The URI with `********` for its password, and for parameters that may hold a secret.',
    }),
    groupId: t.exposeID('groupId', { nullable: true }),
    group: t.relation('group', {
      nullable: true,
      description: 'What it belongs to; of an issued one, whose tables it opens.',
    }),
    access: t.expose('access', {
      type: CredentialAccess,
      nullable: true,
      description: 'Null where it was not issued.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'From when it opens nothing any more.',
    }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
    rotatedAt: t.expose('rotatedAt', { type: 'DateTime', description: 'Since when its URI is the present one.' }),
    requiresReason: t.exposeBoolean('requiresReason', { description: 'Whether it is shown without a reason.' }),
    requiresApproval: t.exposeBoolean('requiresApproval', {
      description: 'Whether somebody else has to approve that it is revealed.',
    }),
    minimumRole: t.expose('minimumRole', { type: Role, description: 'The least role that may reveal it.' }),
    revealsPerHour: t.exposeInt('revealsPerHour', {
      description: 'How often in an hour everybody together may reveal it.',
    }),
    grants: relatedList(t, CredentialGrants, 'grants', { description: 'Who asked to see it, newest first.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const RevealedCredentialType = builder.objectRef<RevealedCredential>('RevealedCredential').implement({
  description: 'A credential as its policy let somebody see it. Kept nowhere.',
  fields: (t) => ({
    id: t.exposeID('id'),
    uri: t.exposeString('uri', { description: 'The whole URI, password and all.' }),
    credential: t.field({ type: Credential, resolve: ({ credential }) => credential as never }),
  }),
})

export const Credentials = defineList({
  model: 'Credential',
  filter: {
    name: 'String',
    kind: CredentialKind,
    engine: CredentialEngine,
    host: 'String',
    port: 'Int',
    database: 'String',
    username: 'String',
    groupId: 'ID',
    access: CredentialAccess,
    expiresAt: 'DateTime',
    revokedAt: 'DateTime',
    rotatedAt: 'DateTime',
    requiresApproval: 'Boolean',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['name', 'description', 'host', 'database', 'username'],
  order: [
    ...['id', 'name', 'kind', 'engine', 'host', 'database', 'username'],
    ...['expiresAt', 'revokedAt', 'rotatedAt', 'createdAt', 'updatedAt'],
  ],
  defaultOrder: 'name',
})
