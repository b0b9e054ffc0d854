import { ACCESS_SECONDS, type Claims, signAccessToken } from './access/access-token.ts'
import { type Attempts, createAttempts } from './access/attempts.ts'
import { type Credentials, createCredentials } from './access/credentials.ts'
import { answerEcho, heardEverywhere, isEcho, LISTENER } from './access/echo.ts'
import { createIdempotency, type Idempotency } from './access/idempotency.ts'
import { createLimits, type Limits } from './access/limits.ts'
import { postgresListen } from './access/listen.ts'
import { personReader } from './access/person-reader.ts'
import { SIGNING_KEYS, SigningKeys } from './access/signing-keys.ts'
import { createUsage, type Usage } from './access/usage.ts'
import type { Config } from './config.ts'
import { type Clock, fixedClock, systemClock } from './core/clock.ts'
import type { AccessTokens, Breaches, Checker, DatabaseAddress, Happenings, Mail, ServerFacts } from './core/context.ts'
import type { Envelope } from './core/envelope.ts'
import type { Storage } from './core/storage.ts'
import { addressOf } from './db/address.ts'
import { createPrisma, type PrismaClient, type TenantDb, tenantClients } from './db/client.ts'
import { migrate } from './db/migrate.ts'
import { makePartitions } from './db/partitions.ts'
import { beginServing } from './db/serving.ts'
import { loadTables, type Tables } from './db/tables.ts'
import { type SystemQuery, systemQuery, TenantPool } from './db/tenant.ts'
import type { Log } from './log.ts'
import { openMail } from './mail/open.ts'
import { createChecker } from './monitoring/checks/checker.ts'
import { createOutbound, type Outbound } from './outbound/outbound.ts'
import { Feed } from './outbox/feed.ts'
import { createHappenings } from './outbox/happenings.ts'
import { createPulse, factsOf, type Pulse } from './server-facts.ts'
import { openStorage } from './storage/open.ts'
import { openDatabase, openEnvelope } from './stores.ts'
import { createBreaches } from './vault/breaches.ts'
import { VERSION } from './version.ts'

/** Everything a process needs to serve, to run a command, or to be tested: opened once, closed once. */
export type App = {
  config: Config
  log: Log
  clock: Clock
  databaseUrl: string
  databaseAddress: DatabaseAddress
  embedded: boolean
  pool: TenantPool
  query: SystemQuery
  prisma: PrismaClient
  tables: Tables
  dbFor(organizationId: number): TenantDb
  storage: Storage
  envelope: Envelope
  breaches: Breaches
  outbound: Outbound
  checker: Checker
  /** Wakes whoever waits for events. */
  feed: Feed
  happenings: Happenings
  credentials: Credentials
  signingKeys: SigningKeys
  accessTokens: AccessTokens
  mail: Mail
  /** Every process has heard of what was changed about credentials before. */
  announced(): Promise<void>
  limits: Limits
  attempts: Attempts
  idempotency: Idempotency
  usage: Usage
  server: ServerFacts
  /** Beats when this process looks for jobs. */
  pulse: Pulse
  close(): Promise<void>
}

export type OpenOptions = {
  /** This process answers requests: alone on an embedded database, or one of several on a shared one. */
  serving?: boolean
  progress?: (line: string) => void
}

const POOL_SIZE = 20
const WAIT_FOR_CONNECTION_MS = 2000
const STATEMENT_MS = 30_000
/** Statements stay prepared on a connection for as long as it lives. */
const CONNECTION_LIFE_S = 1800

function openPool(url: string, log: Log): TenantPool {
  const pool = new TenantPool({
    connectionString: url,
    application_name: 'opsgraph',
    max: POOL_SIZE,
    connectionTimeoutMillis: WAIT_FOR_CONNECTION_MS,
    statement_timeout: STATEMENT_MS,
    idleTimeoutMillis: 60_000,
    maxLifetimeSeconds: CONNECTION_LIFE_S,
    keepAlive: true,
  })
  pool.on('error', (error) => log.warn({ error }, 'an idle database connection was lost'))
  return pool
}

type Beneath = Pick<App, 'query' | 'clock' | 'log' | 'limits' | 'feed' | 'databaseUrl' | 'envelope'>

function openAccess({ query, clock, log, limits, feed, databaseUrl, envelope }: Beneath) {
  const complain = (message: string, error?: unknown) => log.warn({ error }, message)
  const connection = { connectionString: databaseUrl, application_name: LISTENER }
  const attempts = createAttempts(limits.buckets)
  const listen = postgresListen(connection, { log: complain })
  const reply = answerEcho(query)
  const keys = new SigningKeys({ query, envelope, clock })
  const overheard = (payload: string) => {
    if (payload === SIGNING_KEYS) keys.forget()
    if (!isEcho(payload)) return false
    reply(payload).catch((error: unknown) => complain('an echo was not answered', error))
    return true
  }
  const announced = async () => {
    const heard = await heardEverywhere(connection).catch((error: unknown) =>
      complain('asking the other processes failed', error),
    )
    if (heard === false) complain('a process did not say that it heard of a change of credentials')
  }
  return {
    attempts,
    credentials: createCredentials({
      ...{ query, clock, listen, attempts, overheard },
      people: (cache) => personReader({ query, clock, keys, cache }),
    }),
    signingKeys: keys,
    accessTokens: { seconds: ACCESS_SECONDS, sign: (claims: Claims) => signAccessToken(keys, clock, claims) },
    announced,
    idempotency: createIdempotency(query),
    usage: createUsage({ query, log: complain, written: () => feed.say('requests') }),
  }
}

/** What was opened so far, closed in reverse; one step that fails does not keep the others from closing. */
function closing(log: Log) {
  const opened = new AsyncDisposableStack()
  const defer = (close: () => Promise<unknown>) =>
    opened.defer(() => close().then(nothing, (error: unknown) => log.error({ error }, 'closing failed')))
  return { defer, close: () => opened.disposeAsync() }
}

const nothing = () => {}

type Closing = ReturnType<typeof closing>

async function openStores(
  config: Config,
  clock: Clock,
  log: Log,
  { serving = false, progress = nothing }: OpenOptions,
  { defer }: Closing,
) {
  const database = await openDatabase(config, progress)
  defer(() => database.stop())
  const place = serving
    ? await beginServing(database.url, config.singleProcess, (sentence) => log.error({}, sentence))
    : undefined
  if (place) defer(() => place.release())
  for (const name of await migrate(database.url, { log: progress })) progress(`migrated: ${name}`)
  await makePartitions(database.url, clock.now())
  const pool = openPool(database.url, log)
  defer(() => pool.end())
  const prisma = createPrisma(pool)
  defer(() => prisma.$disconnect())
  const tables = await loadTables(prisma, systemQuery(pool))
  return {
    databaseUrl: database.url,
    databaseAddress: addressOf(database.url, config.databasePublicHost),
    embedded: database.embedded,
    alone: serving && config.singleProcess,
    pool,
    prisma,
    tables,
    storage: await openStorage(config),
    envelope: await openEnvelope(config),
  }
}

async function openAll(config: Config, log: Log, options: OpenOptions, opened: Closing): Promise<App> {
  const clock = config.clock ? fixedClock(config.clock) : systemClock
  const { alone, ...stores } = await openStores(config, clock, log, options, opened)
  const query = systemQuery(stores.pool)
  const complain = (message: string, error?: unknown) => log.warn({ error }, message)
  const limits = await createLimits({ query, log: complain, redisUrl: config.redisUrl, alone })
  opened.defer(() => limits.close())
  const connection = { connectionString: stores.databaseUrl, application_name: 'opsgraph events' }
  const feed = new Feed({ query, listen: postgresListen(connection, { log: complain }), log: complain })
  opened.defer(() => feed.close())
  const access = openAccess({ query, clock, log, limits, feed, ...stores })
  opened.defer(() => access.credentials.close())
  opened.defer(() => access.usage.close())
  const pulse = createPulse()
  const server = factsOf({ ...stores, config, query, clock, log, pulse })
  const outbound = createOutbound({ allowPrivate: config.allowPrivateTargets, ports: config.outboundPorts })
  return {
    config,
    log,
    clock,
    query,
    dbFor: tenantClients(stores),
    limits,
    feed,
    happenings: createHappenings(stores.pool, feed),
    server,
    pulse,
    breaches: createBreaches(config.hibpUrl, VERSION),
    outbound,
    checker: createChecker({ outbound, clock, rdapUrl: config.rdapUrl }),
    mail: openMail(config, log),
    ...stores,
    ...access,
    close: opened.close,
  }
}

/** Opens the database (its own, or the one named), brings it up to date, and puts together what stands on it. */
export async function openApp(config: Config, log: Log, options: OpenOptions = {}): Promise<App> {
  const opened = closing(log)
  try {
    return await openAll(config, log, options, opened)
  } catch (error) {
    await opened.close()
    throw error
  }
}
