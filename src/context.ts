import type { ClientBase } from 'pg'
import { type Credential, standsForPerson } from './access/credential.ts'
import { founderOf } from './accounts/found-organization.ts'
import type { App } from './app.ts'
import type { Actor, Context } from './core/context.ts'
import { PERMISSIONS, type Permission } from './core/permissions.ts'
import { organizationsOf, type Transaction } from './db/client.ts'
import { connected } from './db/connected.ts'
import { asSystem } from './db/tenant.ts'

const GRAPHQL_PAGE = 200
const REST_PAGE = 1000
const NOTHING: ReadonlySet<Permission> = new Set()
const EVERYTHING: ReadonlySet<Permission> = new Set(PERMISSIONS)

export type Asked = { requestId: string; address: string; door: 'graphql' | 'rest' }

/** What a process does for every context. */
const actsOf = (app: App) => ({
  connected: <T>(work: (client: ClientBase) => Promise<T>) =>
    connected({ connectionString: app.databaseUrl, application_name: 'opsgraph backups', keepAlive: true }, work),
  everybody: <T>(work: (tx: Transaction) => Promise<T>) =>
    asSystem(() => app.prisma.$transaction((tx) => work(tx as unknown as Transaction))),
  foundOrganization: founderOf(app.prisma),
  announced: () => app.feed.say('waiting'),
  forgetCredentials: async (change: string) => {
    app.credentials.invalidate(change)
    await app.announced()
  },
})

const known = new WeakMap<App, ReturnType<typeof actsOf>>()

/** What tells one context from another. */
type Own = Pick<Context, 'organizationId' | 'actor' | 'permissions' | 'requestId' | 'address' | 'maxPage'> &
  Partial<Pick<Context, 'organizations' | 'organizationName' | 'credential'>>

/** An object of one shape, written out and so in one go: there is one for each request. */
function contextOf(app: App, own: Own): Context {
  let acts = known.get(app)
  if (!acts) {
    acts = actsOf(app)
    known.set(app, acts)
  }
  const db = app.dbFor(own.organizationId)
  return {
    connected: acts.connected,
    everybody: acts.everybody,
    foundOrganization: acts.foundOrganization,
    announced: acts.announced,
    forgetCredentials: acts.forgetCredentials,
    organizationId: own.organizationId,
    organizationName: own.organizationName,
    actor: own.actor,
    permissions: own.permissions,
    requestId: own.requestId,
    address: own.address,
    maxPage: own.maxPage,
    credential: own.credential,
    db,
    organizations: own.organizations ?? (() => db.organization),
    clock: app.clock,
    storage: app.storage,
    accessTokens: app.accessTokens,
    mail: app.mail,
    envelope: app.envelope,
    breaches: app.breaches,
    outbound: app.outbound,
    databaseAddress: app.databaseAddress,
    checker: app.checker,
    happenings: app.happenings,
    hits: app.limits.hits,
    server: app.server,
    answer: { secret: false },
  }
}

const actorOf = (key: Credential): Actor =>
  key.kind === 'person'
    ? { kind: 'user', id: key.ownerId, name: key.name, userId: key.ownerId }
    : { kind: 'key', id: key.keyId, name: key.name, userId: key.ownerId }

/** What a verb is given when a key asks, or somebody signed in. */
export function keyContext(app: App, key: Credential, { requestId, address, door }: Asked): Context {
  const { keyId, family, name, scopes, isAdmin, createdBy, organizationId, organizationName, permissions, ownerId } =
    key
  return contextOf(app, {
    organizationId,
    organizations: standsForPerson(key) ? () => organizationsOf(app.prisma, organizationId, ownerId) : undefined,
    actor: actorOf(key),
    organizationName,
    permissions,
    requestId,
    address,
    maxPage: door === 'rest' ? REST_PAGE : GRAPHQL_PAGE,
    credential:
      key.kind === 'person'
        ? { keyId, family, name, scopes, isAdmin, createdBy, sessionId: key.sessionId, undecided: key.undecided }
        : { keyId, family, name, scopes, isAdmin, createdBy },
  })
}

/** Nobody's context: for the few things that are everybody's. Its organization does not exist, so it sees no row. */
export const publicContext = (app: App, { requestId, address }: Pick<Asked, 'requestId' | 'address'>): Context =>
  contextOf(app, {
    organizationId: 0,
    actor: { kind: 'system', id: null, name: 'anonymous', userId: null },
    permissions: NOTHING,
    requestId,
    address,
    maxPage: GRAPHQL_PAGE,
  })

/** The operator's context, for commands and jobs. */
export const systemContext = (app: App, organizationId: number, requestId: string): Context =>
  contextOf(app, {
    organizationId,
    actor: { kind: 'system', id: null, name: 'opsgraph', userId: null },
    permissions: EVERYTHING,
    requestId,
    address: 'local',
    maxPage: REST_PAGE,
  })
