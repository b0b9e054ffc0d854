import type { Announcement } from '../db/announce.ts'
import type { ChangeOf, DataOf, Prisma, RowOf, Transaction } from '../db/client.ts'
import type { NewRow } from '../db/insert.ts'
import { type Context, row, transaction } from './context.ts'
import { AppError } from './errors.ts'
import { type EventType, type Having, hiddenOf, type ResourceName, type VerbOf } from './events/catalogue.ts'
import { found } from './found.ts'
import { lockRow } from './lock.ts'
import { databaseRefusal } from './public-error.ts'
import { difference, record, told } from './record.ts'

type Row = { id: number | bigint | string } & Record<string, unknown>

/** Names a table in events (`lead.created`), audit rows and refusals. Its events are declared in events/resources.ts. */
export type Resource<N extends ResourceName = ResourceName> = { name: N }

const eventOf = (name: ResourceName, verb: string) => `${name}.${verb}` as EventType

/**
 * Inserts a row that is nothing but its own values, with its event and its audit row, in one statement. `more` is told beside
 * it. Where the statement shows the row to whoever wished for it, what is returned holds the id alone: hand it on as it is.
 */
export function insertRow<N extends Having<'created'>, M extends Prisma.ModelName>(
  ctx: Context,
  resource: Resource<N>,
  model: M,
  data: DataOf<M>,
  more: Record<string, unknown> = {},
): Promise<RowOf<M>> {
  return announcing(ctx, ctx.db.$insert(model, data, announcementOf(ctx, resource, 'created', { more }), ctx.wish))
}

const announcing = <R>(ctx: Context, written: Promise<R>): Promise<R> =>
  written.then(
    (row) => {
      ctx.announced()
      return row
    },
    (error: unknown) => {
      throw databaseRefusal(error) ?? error
    },
  )

/** The same for many rows, in one statement of a transaction; their ids, in the order given. */
export const insertRows = <N extends Having<'created'>, M extends Prisma.ModelName>(
  tx: Transaction,
  ctx: Context,
  resource: Resource<N>,
  model: M,
  rows: readonly NewRow<DataOf<M>>[],
): Promise<number[]> => tx.$insertMany(model, rows, announcementOf(ctx, resource, 'created'))

type Beside = Partial<Pick<Announcement, 'more' | 'beside'>>

function announcementOf(ctx: Context, { name }: Resource, verb: string, { more = {}, ...beside }: Beside = {}) {
  const { actor, address, requestId, clock } = ctx
  const about = { type: eventOf(name, verb), target: name, hidden: hiddenOf(name) }
  return { ...about, ...beside, more, actor, address, requestId, at: clock.now() }
}

/** Inserts a row, announces it and audits it. */
export const createRow = <N extends Having<'created'>, R extends Row>(
  ctx: Context,
  { name }: Resource<N>,
  insert: (tx: Transaction) => Promise<R>,
): Promise<R> =>
  transaction(ctx, async (tx) => {
    const created = await insert(tx)
    await record(tx, ctx, {
      type: eventOf(name, 'created'),
      target: { type: name, id: created.id },
      data: told(created, hiddenOf(name)),
    })
    return created
  })

/** The row to change. Where the change is conditional the row is held first, so that no two can meet one condition. */
async function current<R extends Row>(
  tx: Transaction,
  ctx: Context,
  name: string,
  read: (tx: Transaction) => PromiseLike<R | null>,
): Promise<R> {
  const row = await found(name, read(tx))
  if (!ctx.precondition) return row
  await lockRow(tx, ctx, name, Number(row.id))
  await ctx.precondition(tx)
  return found(name, read(tx))
}

export type Update<R, V = string> = {
  read: (tx: Transaction) => PromiseLike<R | null>
  write: (tx: Transaction, before: R) => Promise<R>
  /** The past tense in the event's name; `updated` unless the change has a better word. */
  verb?: V
}

/** Changes a row; the audit row says what each column was and is. A change that changes nothing is not announced. */
export const updateRow = <N extends ResourceName, R extends Row>(
  ctx: Context,
  { name }: Resource<N>,
  { read, write, verb = 'updated' as VerbOf<N> }: Update<R, VerbOf<N>>,
): Promise<R> =>
  transaction(ctx, async (tx) => {
    const hidden = hiddenOf(name)
    const before = await current(tx, ctx, name, read)
    const after = await write(tx, before)
    const changes = difference(before, after, hidden)
    if (Object.keys(changes).length > 0)
      await record(tx, ctx, {
        type: eventOf(name, verb),
        target: { type: name, id: after.id },
        data: told(after, hidden),
        changes,
      })
    return after
  })

type ByName = Record<string, Record<'findUnique' | 'update', (args: object) => Promise<Row | null>>>

/** The same as `changeRow`, where the row has to be held while a condition is asked. */
function changeHeld<N extends Having<'updated'>>(
  ctx: Context,
  resource: Resource<N>,
  model: Prisma.ModelName,
  { id, ...data }: { id: number },
): Promise<Row> {
  const rows = (tx: Transaction) => (tx as unknown as ByName)[model[0]!.toLowerCase() + model.slice(1)]!
  const where = row(ctx, id)
  return updateRow<N, Row>(ctx, resource, {
    read: (tx) => rows(tx).findUnique({ where }),
    write: (tx) => rows(tx).update({ where, data }) as Promise<Row>,
  })
}

/**
 * Changes a row that is nothing but its own values, in one statement with its event and its audit row; where that changes
 * nothing there is neither. `beside` is told too: an expression over the row `written` that the change leaves as it was.
 */
export async function changeRow<N extends Having<'updated'>, M extends Prisma.ModelName>(
  ctx: Context,
  resource: Resource<N>,
  model: M,
  change: ChangeOf<M> & { id: number },
  beside?: string,
): Promise<RowOf<M>> {
  if (ctx.precondition) return (await changeHeld(ctx, resource, model, change)) as RowOf<M>
  const announcement = announcementOf(ctx, resource, 'updated', { ...(beside && { beside }) })
  return found(resource.name, announcing(ctx, ctx.db.$update(model, change, announcement, ctx.wish)))
}

export type Deletion<R, D> = {
  /** The row as the caller wants to see it, relations and all: afterwards nobody can ask for them. */
  read: (tx: Transaction) => PromiseLike<R | null>
  /** Answers the row's plain columns, which are what events and audit tell. */
  remove: (tx: Transaction, before: R) => PromiseLike<D>
}

/** Deletes a row and returns it as it was. */
export const deleteRow = <N extends Having<'deleted'>, R extends Row, D extends Row>(
  ctx: Context,
  { name }: Resource<N>,
  { read, remove }: Deletion<R, D>,
): Promise<R> =>
  transaction(ctx, async (tx) => {
    const before = await current(tx, ctx, name, read)
    const deleted = await unlessReferenced(remove(tx, before))
    await record(tx, ctx, {
      type: eventOf(name, 'deleted'),
      target: { type: name, id: deleted.id },
      data: told(deleted, hiddenOf(name)),
    })
    return before
  })

const FOREIGN_KEY = 'P2003'

/** A deletion that other rows stand in the way of is a conflict, not a mistake in the request. */
async function unlessReferenced<D>(deletion: PromiseLike<D>): Promise<D> {
  try {
    return await deletion
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== FOREIGN_KEY) throw cause
    throw new AppError('CONFLICT', 'Other rows still refer to this one.', {}, { cause })
  }
}
