import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { PERMISSIONS } from '../../src/core/permissions.ts'
import type { RestRoute } from '../../src/core/rest.ts'
import { schema } from '../../src/schema.ts'
import { testGraph } from '../kit/graph.ts'
import { BY_A_PERSON } from './generate/mutations.ts'
import { isConnection, modelOf, selectionOf } from './generate/selection.ts'

type Field = GraphQLField<unknown, unknown>

const queries = Object.values(schema.getQueryType()!.getFields())
const mutations = Object.values(schema.getMutationType()!.getFields())
const subscriptions = Object.values(schema.getSubscriptionType()!.getFields())
const roots = [...queries, ...mutations, ...subscriptions]
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
)
const objects = types
  .filter((type) => isObjectType(type))
  .filter(({ name }) => !['Query', 'Mutation', 'Subscription'].includes(name))
const named = roots.map((field) => [field.name, field] as const)

/** Root fields without a permission of their own, each because of who may ask. */
const WITHOUT_PERMISSION: Record<string, object> = {
  acceptInvite: { public: true },
  beginSecondFactor: { signedIn: true },
  changePassword: { signedIn: true },
  confirmSecondFactor: { signedIn: true },
  disableSecondFactor: { signedIn: true },
  events: { signedIn: true },
  health: { public: true },
  identity: { signedIn: true },
  login: { public: true },
  logout: { signedIn: true },
  me: { signedIn: true },
  refreshLogin: { public: true },
  renewRecoveryCodes: { signedIn: true },
  revokeSession: { signedIn: true },
  secondFactor: { signedIn: true },
  sessions: { signedIn: true },
}

/** Model types that anybody who may read what refers to them may read. */
const WITHOUT_TYPE_PERMISSION = ['User']

/** Lists that come whole, each because of what bounds it. */
const BOUNDED: Record<string, string> = {
  'ApiKey.scopes': 'at most 100',
  'ApiKey.allowedCidrs': 'at most 100',
  'AppCatalog.apps': 'the document’s own list: at most 1000',
  'AppCatalog.deployments': 'the document’s own list: at most 1000',
  'Asset.tags': 'at most 100',
  'Droplet.tags': 'the provider’s own bound',
  'Hostinger.vps': 'the document’s own list: at most 1000',
  'Hostinger.domains': 'the document’s own list: at most 1000',
  'Identity.effectivePermissions': 'the permissions there are',
  'Identity.organizations': 'those of one person',
  'Identity.roles': 'one in the organization that is asked',
  'ImportReport.problems': 'the first 200, and where the file breaks off',
  'ImportReport.ignoredColumns': 'the columns that the server alone writes',
  'Invoice.lines': 'at most as many as one input holds',
  'Invoice.payments': 'those of one invoice',
  'ManagedTable.columns': 'at most 100, and as many as a table can have where it was made elsewhere',
  'ManagedTable.indexes': 'those of one table',
  'Me.permissions': 'the permissions there are',
  'Me.effectivePermissions': 'the permissions there are',
  'Note.tags': 'at most 50',
  'PasswordEntry.tags': 'at most 100',
  'RecoveryCodes.recoveryCodes': 'ten',
  'SecurityReport.findings': 'by its own limit: at most 1000',
  sessions: 'at most 200 of one person',
  'TableColumn.checks': 'those of one column',
  'TableColumnCheck.oneOf': 'at most 100',
  'TableIndex.columns': 'at most 32',
  'TableRowsInserted.rows': 'as many as were sent: at most 1000',
  'WebhookEndpoint.events': 'at most 100',
  'WebhookEndpoint.headers': 'at most 20',
  'WebhookEndpoint.permissions': 'the permissions there are',
}

/** Words that no name of an output field may contain. */
const SECRET = /organizationId|hash|secret|storageKey|searchText|password|encrypted/i

/** Shown on purpose. */
const SHOWN: Record<string, string> = {
  'NewApiKey.secret': 'once, to whoever made the key',
  'AuditEvent.hash': 'what proves the trail',
  'AuditEvent.previousHash': 'the same',
  'AuditVerification.lastHash': 'the same',
  'Asset.organizationId': 'a field of the document',
  'Asset.passwordEntries': 'a list whose passwords are masked',
  'NewSecondFactor.secret': 'once, to whoever begins with it',
  'PasswordEntry.password': 'a mask, but for whoever reveals it',
  'PasswordEntry.passwordType': 'a field of the document',
  'PasswordEntry.passwordTypeDisplay': 'a field of the document',
  'RevealGrant.passwordEntry': 'an entry whose password is masked',
  'RevealGrant.passwordEntryId': 'an id',
  'WebhookEndpoint.previousSecretExpiresAt': 'a time',
  'WebhookEndpoint.secret': 'once, to whoever made it',
}

const list = (type: GraphQLOutputType) => isListType(getNullableType(type))
const fieldsOf = (type: GraphQLObjectType): Field[] => Object.values(type.getFields())
const places = objects.flatMap((type) =>
  fieldsOf(type as GraphQLObjectType).map((field) => [`${type.name}.${field.name}`, field] as const),
)

describe('every root field', () => {
  it.each(named)('%s names its permission', (name, { extensions }) => {
    const scopes = extensions.authScopes as { can?: string } | undefined
    if (WITHOUT_PERMISSION[name]) expect(scopes).toEqual(WITHOUT_PERMISSION[name])
    else expect(PERMISSIONS).toContain(scopes?.can)
  })

  it.each(named)('%s names its REST routes, or says that it has none', (_name, { extensions }) => {
    const { rest } = extensions as { rest?: RestRoute | RestRoute[] | false }
    expect(rest).toBeDefined()
    for (const route of rest ? [rest].flat() : []) expect(route.route).toMatch(/^(GET|POST|PUT|PATCH|DELETE) \/api\//)
  })

  it.each(named)('%s says what it is', (_name, { description }) => {
    const [first] = (description ?? '').split('\n\n')
    expect(first).toMatch(/^[\p{Lu}A-Z].+\.$/su)
    expect(first).not.toMatch(/^Needs the permission/)
  })

  it.each(mutations.filter(({ name }) => name !== 'logout').map((field) => [field.name, field] as const))(
    '%s takes an id, an input, or both',
    (_name, { args }) => {
      expect(args.map(({ name }) => name)).toSatisfy(
        (names: string[]) => names.length > 0 && names.every((name) => name === 'id' || name === 'input'),
      )
      for (const { name, type } of args) expect(String(type)).toMatch(name === 'id' ? /^ID!$/ : /Input!?$/)
    },
  )

  it.each(mutations.filter(({ name }) => !BY_A_PERSON[name]).map((field) => [field.name, field] as const))(
    '%s needs a permission to write',
    (_name, { name, extensions }) => {
      const { can } = extensions.authScopes as { can: string }
      const own = ['createApiKey', 'rotateApiKey', 'updateApiKey', 'revokeApiKey']
      expect(can).toMatch(own.includes(name) ? /^keys:read$/ : /:(write|manage|run|reveal)$/)
    },
  )
})

describe('every type', () => {
  it('backed by rows is guarded wherever it is reached from', () => {
    const open = objects.filter((type) => modelOf(type as GraphQLObjectType) && !guardOf(type as GraphQLObjectType))
    expect(open.map(({ name }) => name)).toEqual(WITHOUT_TYPE_PERMISSION)
  })

  it('is described', () => {
    const silent = types.filter((type) => !type.description && !isInputObjectType(type))
    expect(silent.map(({ name }) => name)).toEqual([])
  })

  it('shows lists in pages, but for those that something bounds', () => {
    const whole: string[] = places
      .filter(([place, field]) => list(field.type) && !/(Connection)\.(nodes|edges)$/.test(place))
      .map(([place]) => place)
    const rooted = roots.filter(({ type }) => list(type)).map(({ name }) => name)
    expect([...whole, ...rooted].filter((place) => !BOUNDED[place])).toEqual([])
    expect(Object.keys(BOUNDED).filter((place) => ![...whole, ...rooted].includes(place))).toEqual([])
  })

  it('shows no secret and no internal column', () => {
    const telling = places.filter(([, field]) => SECRET.test(field.name)).map(([place]) => place)
    expect(telling.filter((place) => !SHOWN[place])).toEqual([])
  })

  it('takes the organization from the credential, never from an input', () => {
    const inputs = types.filter((type) => isInputObjectType(type)).filter(({ name }) => name.endsWith('Input'))
    const naming = inputs.flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`))
    expect(naming.filter((place) => /organizationId|passwordHash|createdAt|updatedAt|\.id$/i.test(place))).toEqual([])
  })

  it('has enum values in capitals and scalars that say their form', () => {
    const wrong = types
      .filter((type) => isEnumType(type))
      .flatMap((type) => type.getValues().map(({ name }) => name))
      .filter((name) => !/^[A-Z][A-Z0-9_]*$/.test(name))
    expect(wrong).toEqual([])
    expect(types.filter((type) => isScalarType(type)).map(({ description }) => description)).not.toContain(undefined)
  })
})

const guardOf = ({ extensions }: GraphQLObjectType) =>
  (extensions.pothosOptions as { authScopes?: { can?: string } } | undefined)?.authScopes?.can

describe('every list', () => {
  const graph = testGraph()
  const lists = queries
    .filter(({ type, args }) => isConnection(type) && !args.some(isRequiredArgument))
    .map((field) => [field.name, field] as const)

  it.each(lists)('%s hands out at most 200 rows a page', async (name, field) => {
    const query = (first: number) => `{ ${name}(first: ${first}) ${selectionOf(field.type, 0)} }`
    expect((await graph.as().run(query(200))).errors).toBeUndefined()
    for (const first of [201, -1]) {
      const { errors } = await graph.as().run(query(first))
      expect(errors![0]).toMatchObject({
        extensions: { code: 'INVALID_REQUEST', fields: { first: expect.any(Array) } },
      })
    }
  })

  const nested = places.filter(([, field]) => isConnection(field.type))

  it('on an object takes a page size as well', () => {
    expect(nested.filter(([, { args }]) => !args.some(({ name }) => name === 'first')).map(([place]) => place)).toEqual(
      [],
    )
    expect(nested.length).toBeGreaterThan(10)
  })
})
