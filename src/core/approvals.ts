import { z } from 'zod'
import type { RowOf, Transaction } from '../db/client.ts'
import { type Context, row } from './context.ts'
import { AppError, invalid } from './errors.ts'
import { found } from './found.ts'
import { lockRow } from './lock.ts'
import { type Input, validated } from './validate.ts'
import { createRow, updateRow } from './write.ts'

const HOUR_MS = 3_600_000
const LONGEST_MS = 30 * 24 * HOUR_MS

export const reason = z.string().trim().min(3, 'must say why.').max(500, 'must be at most 500 characters long.')
const request = z.object({ reason })
const approval = z.object({ expiresAt: z.date().nullish(), singleUse: z.boolean().default(true) })

export function personOf({ actor }: Context): number {
  if (actor.userId !== null) return actor.userId
  throw new AppError('FORBIDDEN', 'Only a person can do this, and this caller stands for none.')
}

/**
 * What can be guarded, the table of its grants, and how their model and their column for it are called. Whether a refusal has a
 * code of its own is its document's affair: ClientSt0r shows the sentence of those that have, BaserDB's codes are a closed list.
 */
const GUARDED = {
  password_entry: {
    grant: 'reveal_grant',
    model: 'revealGrant',
    of: 'passwordEntryId',
    ask: 'requestReveal',
    coded: true,
  },
  credential: {
    grant: 'credential_grant',
    model: 'credentialGrant',
    of: 'credentialId',
    ask: 'requestCredential',
    coded: false,
  },
} as const
type Guarded = typeof GUARDED
export type GuardedTable = keyof Guarded
type Model<T extends GuardedTable> = Capitalize<Guarded[T]['model']>
export type GrantOf<T extends GuardedTable> = RowOf<Model<T>>

type Grant = RowOf<'RevealGrant'> | RowOf<'CredentialGrant'>
type Decision = Partial<Grant> & { state: 'approved' | 'refused' }
/** Both tables of grants have the same columns, but for what the grant is for. */
type Grants = {
  findUnique(args: object): Promise<Grant | null>
  findFirst(args: object): Promise<Grant | null>
  create(args: object): Promise<Grant>
  update(args: object): Promise<Grant>
}

/** What a table's rows say of themselves: whether they need approval. */
type Guardable = { id: number; requiresApproval: boolean }
type GuardedRows = { findUnique(args: object): Promise<Guardable | null> }

/** Secrets of a table that are shown to whoever asked, gave a reason, and was let by a second person. */
export class Approvals<T extends GuardedTable> {
  readonly #table: T
  readonly #place: Guarded[T]

  constructor(table: T) {
    this.#table = table
    this.#place = GUARDED[table]
  }

  #refusal(reason: 'second_person' | 'approval_required', sentence: string): AppError {
    return new AppError('FORBIDDEN', sentence, this.#place.coded ? { reason } : {})
  }

  #grants(tx: Transaction): Grants {
    return tx[this.#place.model] as unknown as Grants
  }

  async #guarded(tx: Transaction, ctx: Context, id: number): Promise<Guardable> {
    const rows = tx[this.#table === 'credential' ? 'credential' : 'passwordEntry'] as unknown as GuardedRows
    return found(this.#table, rows.findUnique({ where: row(ctx, id) }))
  }

  /** One wish of a person for a row at a time: the row is held, so that two cannot be made at once. */
  request(ctx: Context, id: number, input: Input): Promise<GrantOf<T>> {
    const { reason } = validated(request, input)
    const userId = personOf(ctx)
    const { grant, of } = this.#place
    return createRow(ctx, { name: grant }, async (tx) => {
      await lockRow(tx, ctx, this.#table, id)
      const { requiresApproval } = await this.#guarded(tx, ctx, id)
      if (!requiresApproval) throw new AppError('CONFLICT', 'This needs no approval to be revealed.')
      const wish = { organizationId: ctx.organizationId, [of]: id, userId }
      if (await this.#grants(tx).findFirst({ where: { ...wish, state: 'pending' } }))
        throw new AppError('CONFLICT', 'You have asked for this already; wait for the answer.')
      return this.#grants(tx).create({ data: { ...wish, reason, createdAt: ctx.clock.now() } })
    }) as Promise<GrantOf<T>>
  }

  approve(ctx: Context, id: number, input: Input): Promise<GrantOf<T>> {
    const { singleUse, expiresAt } = validated(approval, input)
    const now = ctx.clock.now().getTime()
    const until = expiresAt ?? new Date(now + HOUR_MS)
    if (until.getTime() <= now) throw invalid('expiresAt', 'must be in the future.')
    if (until.getTime() > now + LONGEST_MS) throw invalid('expiresAt', 'must be within 30 days.')
    return this.#decide(ctx, id, { state: 'approved', singleUse, expiresAt: until })
  }

  refuse(ctx: Context, id: number): Promise<GrantOf<T>> {
    return this.#decide(ctx, id, { state: 'refused' })
  }

  /** By a second person, and once: the grant is held, so that no two decide at the same time. */
  #decide(ctx: Context, id: number, decision: Decision): Promise<GrantOf<T>> {
    const decidedById = personOf(ctx)
    const where = row(ctx, id)
    const { grant } = this.#place
    return updateRow(
      ctx,
      { name: grant },
      {
        verb: decision.state,
        read: async (tx) => {
          await lockRow(tx, ctx, grant, id)
          return this.#grants(tx).findUnique({ where })
        },
        write: (tx, { userId, state }) => {
          if (state !== 'pending') throw new AppError('CONFLICT', `This was decided already: ${state}.`)
          if (userId === decidedById) throw this.#refusal('second_person', 'Somebody else has to decide this.')
          return this.#grants(tx).update({ where, data: { ...decision, decidedById, decidedAt: ctx.clock.now() } })
        },
      },
    ) as Promise<GrantOf<T>>
  }

  /**
   * The grant by which the caller may see a guarded row, noted as used, and used up where it is for once. The row is held
   * until the secret's audit row is written, so that one grant does not open twice.
   */
  async use(tx: Transaction, ctx: Context, { id, requiresApproval }: Guardable): Promise<number | undefined> {
    if (!requiresApproval) return undefined
    const now = ctx.clock.now()
    const { of, ask } = this.#place
    await lockRow(tx, ctx, this.#table, id)
    const mine = { organizationId: ctx.organizationId, [of]: id, userId: ctx.actor.userId ?? -1 }
    const grant = await this.#grants(tx).findFirst({
      where: { ...mine, state: 'approved', expiresAt: { gt: now } },
      orderBy: [{ singleUse: 'asc' }, { id: 'asc' }],
    })
    if (!grant) throw this.#refusal('approval_required', `Somebody else has to approve this first; ask with ${ask}.`)
    const data = { usedAt: now, ...(grant.singleUse && { state: 'used' as const }) }
    await this.#grants(tx).update({ where: row(ctx, grant.id), data })
    return grant.id
  }
}
