import type { ClientBase } from 'pg'
import type { Wish } from '../db/announce.ts'
import type { RowOf, TenantDb, Transaction, TransactionBounds } from '../db/client.ts'
import { inOrganization } from '../db/tenant.ts'
import type { Clock } from './clock.ts'
import type { Envelope } from './envelope.ts'
import type { Permission } from './permissions.ts'
import { databaseRefusal } from './public-error.ts'
import type { Storage } from './storage.ts'

/** Who is asking. A key of any family acts for the person who owns it. */
export type Actor = { kind: 'key' | 'user' | 'system'; id: number | null; name: string; userId: number | null }

/** What every verb is given: who, for which organization, allowed what, on which rows. */
export type Context = {
  actor: Actor
  organizationId: number
  /** Where the credential brought it along. */
  organizationName?: string
  permissions: ReadonlySet<Permission>
  /** Sees the organization's rows and no others. */
  db: TenantDb
  /** A transaction on everybody's rows, for what somebody is before an organization is known: src/accounts only. */
  everybody: Everybody
  accessTokens: AccessTokens
  mail: Mail
  /** The organizations that the caller may choose from: those of the person, else its own alone. */
  organizations(): TenantDb['organization']
  /** Makes an organization, which whoever asks owns: a row of nobody's that they could see until then. */
  foundOrganization: FoundOrganization
  /** Set where `db` is a transaction: whoever reads by another way would not see what it has changed. */
  inTransaction?: true
  /** A connection of its own, for rows that are streamed; who it is there, is said by whoever takes it. */
  connected: Connected
  clock: Clock
  storage: Storage
  /** Encrypts what is stored encrypted, and opens it. */
  envelope: Envelope
  /** Knows which passwords have been breached. */
  breaches: Breaches
  outbound: OutboundRules
  databaseAddress: DatabaseAddress
  /** Looks whether something answers. */
  checker: Checker
  /** Wakes whoever tells events, once one is committed; they would find it by themselves a little later. */
  announced(): void
  /** What happens, as it happens. */
  happenings: Happenings
  /** Set while something is followed. */
  stream?: Stream
  requestId: string
  address: string
  /** The largest page this door hands out: 200 for GraphQL and most routes, 1000 for the documents that list everything. */
  maxPage: number
  /** Tells every process that what it remembers of a credential is stale. */
  forgetCredentials: (change: `key:${number}` | `user:${number}` | `organization:${number}`) => Promise<void>
  /** Counts the calls of sensitive fields, across processes. */
  hits: HitRecorder
  /** Set by a verb whose answer holds a secret that is shown once: no copy of the answer is kept. */
  answer: { secret: boolean }
  /** What this change is conditional on (If-Match); asked inside its transaction, while the row is held. */
  precondition?: (tx: Transaction) => Promise<void>
  /** How whoever asked for a row wants to be shown it, where the statement that writes it can say so. */
  wish?: Wish
  /** The server itself, for those who watch it. */
  server: ServerFacts
  /** The credential as it was granted; absent for the server's own work. */
  credential?: CredentialView
}

export type Connected = <T>(work: (client: ClientBase) => Promise<T>) => Promise<T>

export type FoundOrganization = (
  by: Context,
  wanted: { slug: string; name: string; description?: string | undefined },
) => Promise<RowOf<'Organization'>>

export type HitRecorder = {
  record(
    key: string,
    limit: { max: number; windowSeconds: number },
  ): { earlier: number; retryAfter: number } | Promise<{ earlier: number; retryAfter: number }>
}

export type Everybody = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>

/** Makes what a person shows at every request: short-lived, and signed. */
export type AccessTokens = {
  seconds: number
  sign(claims: { userId: number; sessionId: number }): Promise<string>
}

export type Message = { to: string; subject: string; text: string }
/** Never fails: whether a message is on its way is what it answers. */
export type Mail = { send(message: Message): Promise<boolean> }

/** How often a password occurs in known breaches; undefined where that cannot be told. The password stays here. */
export type Breaches = { timesSeen(password: string): Promise<number | undefined> }

/** What may not be called among what users name, as a sentence about it; undefined where it may. */
export type OutboundRules = {
  refusal(url: string): string | undefined
  hostRefusal(host: string): string | undefined
}

/** Where clients other than this server reach its database. */
export type DatabaseAddress = { host: string; port: number; database: string; sslmode?: string }

/** What a check looks at, and what it expects. */
export type CheckWish = {
  kind: 'website' | 'wan'
  checkType: 'http' | 'tcp' | 'icmp' | 'dns' | 'tls' | 'domain'
  url: string | null
  target: string | null
  expectedStatusCode: number | null
  expectedText: string | null
  slowAfterMs: number | null
}

/** What a check found: `unknown` where it cannot be told, which is neither good nor bad. */
export type Checked = {
  status: 'up' | 'down' | 'warning' | 'unknown'
  /** How it was asked: http, ping, tcp:443, … */
  via: string
  statusCode: number | null
  responseTimeMs: number | null
  error: string | null
  sslExpiresAt: Date | null
  domainExpiresAt: Date | null
}

/** Never fails: that nothing answers is what it finds. */
export type Checker = { check(wish: CheckWish, signal?: AbortSignal): Promise<Checked> }

/** What happens in an organization from a place on, batch by batch, until the signal. From now on where no place is given. */
export type Follow<R> = (organizationId: number, after: string | undefined, signal: AbortSignal) => AsyncIterable<R[]>
/** `cursor` is where it stands: who was told of it goes on from there. */
export type Happening = { cursor: string; id: string; type: string; data: unknown; requestId: string; at: Date }
export type LoggedRequest = { cursor: string } & Record<string, unknown>
export type Happenings = { events: Follow<Happening>; requests: Follow<LoggedRequest> }

/** A caller who is told of what happens for as long as they listen. */
export type Stream = {
  /** The cursor of what they were told last, before the connection broke. */
  lastEventId: string | undefined
  signal: AbortSignal
  /** The caller as they are now: a credential that was taken away ends the stream. */
  renewed(): Promise<Context>
}

export type Check = { ok: boolean }
export type ServerFacts = { version: string; startedAt: Date; checks(): Promise<Record<string, Check>> }

export type CredentialView = {
  keyId: number | null
  family: 'dashboard' | 'devsphere' | 'clientst0r' | 'token'
  name: string
  scopes: readonly string[]
  isAdmin: boolean
  createdBy: string
  /** Of somebody signed in. */
  sessionId?: number
  /** The organizations of which one has to be chosen first. */
  undecided?: readonly string[]
}

/** A transaction on the caller's rows. Everything a verb changes, with its event and audit row, happens in one. */
export const transaction = <T>(
  ctx: Context,
  work: (tx: Transaction) => Promise<T>,
  bounds?: TransactionBounds,
): Promise<T> =>
  inOrganization(ctx.organizationId, () => ctx.db.$transaction(work, bounds)).then(
    (done) => {
      ctx.announced()
      return done
    },
    (error: unknown) => {
      throw databaseRefusal(error) ?? error
    },
  )

/** The unique key of one of the caller's rows. */
export const row = (ctx: Context, id: number) => ({
  organizationId_id: { organizationId: ctx.organizationId, id },
})
