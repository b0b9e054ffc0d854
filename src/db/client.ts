import { createHash } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import type { Announcement, Wish } from './announce.ts'
import { Prisma, PrismaClient } from './generated/client.ts'
import { createInsertMany, type InsertMany, type NewRow } from './insert.ts'
import type { Tables } from './tables.ts'
import { asMember, inOrganization, type TenantPool } from './tenant.ts'
import type { TenantDb, Transaction, TransactionBounds } from './tenant-db.ts'
import { type Finder, UniqueBatch } from './unique-batch.ts'
import { createInsert, createUpdate, type WriteRow } from './write.ts'

export type { ChangeOf, DataOf, RowOf, TenantDb, Transaction, TransactionBounds } from './tenant-db.ts'
export { Prisma, PrismaClient }

const names = new Map<string, string>()
const TEXTS = 5000

/** Prepared statements need a stable name per text. A text has one from the second time on: texts are many, if callers wish. */
function statementName({ sql }: { sql: string }): string | undefined {
  const name = names.get(sql)
  if (name) return name
  if (names.size >= TEXTS) names.clear()
  names.set(sql, name === undefined ? '' : `q${createHash('sha1').update(sql).digest('hex').slice(0, 20)}`)
  return names.get(sql) || undefined
}

export const createPrisma = (pool: TenantPool): PrismaClient =>
  new PrismaClient({
    adapter: new PrismaPg(pool as never, { statementNameGenerator: statementName as () => string }),
    omit: {
      asset: { searchText: true },
      backupRun: { storageKey: true, wrappedKey: true, keyId: true },
      credential: { uri: true, wrappedKey: true, keyId: true },
      webhookEndpoint: { secret: true, previousSecret: true, headers: true, wrappedKey: true, keyId: true },
      passwordEntry: { searchText: true, password: true, otpSecret: true, wrappedKey: true, keyId: true },
    },
  }) as PrismaClient

type Args = Record<string, unknown> & { where?: Record<string, unknown>; data?: unknown; create?: unknown }

/** How a model's rows are told apart by organization, and organizations by the person who belongs to them. */
function ownership(model: string, { organizationId, userId }: Bound): Record<string, unknown> {
  if (model === 'Organization')
    return userId === undefined ? { id: organizationId } : { memberships: { some: { id: userId, status: 'active' } } }
  if (model === 'User') return { memberships: { some: { organizationId } } }
  return { organizationId }
}

function assertOwn(model: string, organizationId: number, data: unknown): void {
  for (const row of Array.isArray(data) ? data : [data]) {
    const owner = (row as { organizationId?: unknown } | undefined)?.organizationId
    if (owner !== undefined && owner !== organizationId)
      throw new Error(`A ${model} of another organization was about to be written.`)
  }
}

const OPERATIONS = [
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
  'create',
  'createMany',
  'createManyAndReturn',
  'update',
  'updateMany',
  'updateManyAndReturn',
  'upsert',
  'delete',
  'deleteMany',
] as const
type Operation = (typeof OPERATIONS)[number]
type Call = (args?: Args) => Promise<unknown>
type Delegate = Record<Operation, Call>
type Around = <T>(start: () => PromiseLike<T>) => Promise<T>

const notFound = () => Object.assign(new Error('No row was found.'), { code: 'P2025' })

/** How rows are written with their events and audit rows; one by one only outside transactions. */
type Writes = { insert?: WriteRow; update?: WriteRow; many: InsertMany }
type Bound = { organizationId: number; userId?: number; around: Around; unique?: UniqueBatch; writes: Writes }

/** One model, every operation of it narrowed to the rows of one organization. */
class Narrowed {
  private readonly model: string
  private readonly delegate: Delegate
  private readonly bound: Bound
  private readonly own: Record<string, unknown>

  constructor(model: string, delegate: Delegate, bound: Bound) {
    this.model = model
    this.delegate = delegate
    this.bound = bound
    this.own = ownership(model, bound)
  }

  run(operation: Operation, args: Args = {}): Promise<unknown> {
    const { around, unique, organizationId } = this.bound
    if (unique && operation.startsWith('findUnique')) return this.unique(unique, operation, args)
    assertOwn(this.model, organizationId, args.data ?? args.create)
    return around(() => this.delegate[operation](operation.startsWith('create') ? args : this.narrow(args)))
  }

  private narrow(args: Args): Args {
    return { ...args, where: { ...args.where, AND: [this.own, ...[args.where?.AND ?? []].flat()] } }
  }

  private async unique(unique: UniqueBatch, operation: Operation, args: Args): Promise<unknown> {
    const finder = this.delegate as unknown as Finder
    const row = await this.bound.around(() => unique.find(finder, this.model, args, this.own))
    if (row === null && operation === 'findUniqueOrThrow') throw notFound()
    return row
  }
}

for (const operation of OPERATIONS)
  Object.defineProperty(Narrowed.prototype, operation, {
    value(this: Narrowed, args?: Args) {
      return this.run(operation, args)
    },
  })

const RAW = ['$queryRaw', '$queryRawUnsafe', '$executeRaw', '$executeRawUnsafe'] as const
type Base = Record<string, Delegate> & Record<(typeof RAW)[number], (...args: unknown[]) => PromiseLike<unknown>>

/**
 * A client with every model narrowed. Written out instead of as an extension of the library's client,
 * whose results pass through proxies once it has been extended: that was a tenth of a request.
 */
class NarrowedClient {
  readonly base: Base
  readonly bound: Bound
  private readonly models = new Map<string, Narrowed>()

  constructor(base: object, bound: Bound) {
    this.base = base as Base
    this.bound = bound
  }

  model(name: string): Narrowed {
    let known = this.models.get(name)
    if (!known) {
      known = new Narrowed(name, this.base[delegateName(name)]!, this.bound)
      this.models.set(name, known)
    }
    return known
  }

  $insert(model: string, data: Record<string, unknown>, announcement: Announcement, wish?: Wish): Promise<unknown> {
    return this.#written(this.bound.writes.insert, { model, data, which: [] }, announcement, wish)
  }

  $update(model: string, { id, ...data }: { id: number }, announcement: Announcement, wish?: Wish): Promise<unknown> {
    return this.#written(this.bound.writes.update, { model, data, which: [id] }, announcement, wish)
  }

  #written(write: WriteRow | undefined, own: Parameters<WriteRow>[0], announcement: Announcement, wish?: Wish) {
    const { organizationId } = this.bound
    assertOwn(own.model, organizationId, own.data)
    if (!write) throw new Error('A transaction writes its rows, their events and their audit rows by itself.')
    return write(own, { organizationId, announcement, wish })
  }

  async $insertMany(model: string, rows: readonly NewRow[], announcement: Announcement): Promise<number[]> {
    const { organizationId, around, writes } = this.bound
    const run = (text: string, values: unknown[]) => this.base.$queryRawUnsafe(text, ...values)
    for (const { data } of rows) assertOwn(model, organizationId, data)
    return around(() => writes.many(run, model, rows, { ...announcement, organizationId }))
  }

  $transaction<T>(work: (tx: Transaction) => Promise<T>, bounds: TransactionBounds = {}): Promise<T> {
    const { organizationId, around, writes } = this.bound
    const narrowed = (tx: object) =>
      new NarrowedClient(tx, { organizationId, around: atOnce, writes: { many: writes.many } })
    const begin = () =>
      (this.base as unknown as PrismaClient).$transaction((tx) => work(narrowed(tx) as unknown as Transaction), bounds)
    return around(begin)
  }
}

const delegateName = (model: string): string => model[0]!.toLowerCase() + model.slice(1)

for (const model of Object.keys(Prisma.ModelName))
  Object.defineProperty(NarrowedClient.prototype, delegateName(model), {
    get(this: NarrowedClient) {
      return this.model(model)
    },
  })

for (const name of RAW)
  Object.defineProperty(NarrowedClient.prototype, name, {
    value(this: NarrowedClient, ...args: unknown[]) {
      return this.bound.around(() => this.base[name](...args))
    },
  })

/** Prisma's promises start when they are awaited, so the awaiting itself has to happen inside the scope. */
const inScope =
  (organizationId: number): Around =>
  (start) =>
    inOrganization(organizationId, async () => await start())

const atOnce: Around = async (start) => await start()

/** The client a room sees: every query is narrowed to one organization and runs under its database scope. */
const bind = (prisma: PrismaClient, writes: Writes, organizationId: number): TenantDb =>
  new NarrowedClient(prisma, {
    organizationId,
    around: inScope(organizationId),
    unique: new UniqueBatch(),
    writes,
  }) as unknown as TenantDb

const READ_ONLY: Writes = {
  many: () => Promise.reject(new Error('Nothing is written among the organizations of a person.')),
}

/** The organizations of a person, whichever of them is asked in. */
export const organizationsOf = (prisma: PrismaClient, organizationId: number, userId: number) =>
  (
    new NarrowedClient(prisma, {
      ...{ organizationId, userId, writes: READ_ONLY },
      around: (start) => asMember(organizationId, userId, async () => await start()),
    }) as unknown as TenantDb
  ).organization

export type TenantSources = { prisma: PrismaClient; pool: TenantPool; tables: Tables }

/** One bound client per organization, kept while it is in use. */
export function tenantClients(
  { prisma, pool, tables }: TenantSources,
  limit = 1000,
): (organizationId: number) => TenantDb {
  const clients = new Map<number, TenantDb>()
  const sources = [pool, tables] as const
  const writes = {
    insert: createInsert(...sources),
    update: createUpdate(...sources),
    many: createInsertMany(tables),
  }
  return (organizationId) => {
    const known = clients.get(organizationId)
    if (known) return known
    if (clients.size >= limit) clients.delete(clients.keys().next().value!)
    const client = bind(prisma, writes, organizationId)
    clients.set(organizationId, client)
    return client
  }
}
