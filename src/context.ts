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

/** What every context of a process shares. */
function shared(app: App) {
  let acts = known.get(app)
  if (!acts) {
    acts = actsOf(app)
    known.set(app, acts)
  }
  return {
    ...acts,
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

/** The rows of one organization. */
function rowsOf(app: App, organizationId: number) {
  const db = app.dbFor(organizationId)
  return { organizationId, db, organizations: () => db.organization }
}

const actorOf = (key: Credential): Actor =>
  key.kind === 'person'
    ? { kind: 'user', id: key.ownerId, name: key.name, userId: key.ownerId }
    : { kind: 'key', id: key.keyId, name: key.name, userId: key.ownerId }

const signedIn = (key: Credential) =>
  key.kind === 'person' ? { sessionId: key.sessionId, undecided: key.undecided } : {}

/** What a verb is given when a key asks, or somebody signed in. */
export function keyContext(app: App, key: Credential, { requestId, address, door }: Asked): Context {
  const { keyId, family, name, scopes, isAdmin, createdBy, organizationId, organizationName, permissions, ownerId } =
    key
  return {
    ...shared(app),
    ...rowsOf(app, organizationId),
    ...(standsForPerson(key) && { organizations: () => organizationsOf(app.prisma, organizationId, ownerId) }),
    actor: actorOf(key),
    organizationName,
    permissions,
    requestId,
    address,
    maxPage: door === 'rest' ? REST_PAGE : GRAPHQL_PAGE,
    credential: { keyId, family, name, scopes, isAdmin, createdBy, ...signedIn(key) },
  }
}

/** Nobody's context: for the few things that are everybody's. Its organization does not exist, so it sees no row. */
export const publicContext = (app: App, { requestId, address }: Pick<Asked, 'requestId' | 'address'>): Context => ({
  ...shared(app),
  ...rowsOf(app, 0),
  actor: { kind: 'system', id: null, name: 'anonymous', userId: null },
  permissions: NOTHING,
  requestId,
  address,
  maxPage: GRAPHQL_PAGE,
})

/** The operator's context, for commands and jobs. */
export const systemContext = (app: App, organizationId: number, requestId: string): Context => ({
  ...shared(app),
  ...rowsOf(app, organizationId),
  actor: { kind: 'system', id: null, name: 'opsgraph', userId: null },
  permissions: EVERYTHING,
  requestId,
  address: 'local',
  maxPage: REST_PAGE,
})
