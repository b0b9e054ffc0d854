import { createHash } from 'node:crypto'
import type { Context } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'
import type { Transaction } from '../../db/client.ts'
import type { Opened } from './held.ts'
import { MAX_COUNTED } from './limits.ts'
import { inSpace } from './space/within.ts'

const PURPOSE = 'losing what a table holds'
const MINUTES = 5

/** What is to be lost: some columns, or all there is. */
export type Loss = { columns: readonly string[] | 'all' }

/** Who may lose what: another caller, another table or other columns make another text. */
function bindingOf({ organizationId, actor }: Context, { table, relation }: Opened, { columns }: Loss): string {
  const now = relation.columns.map(({ name, type }) => [name, type.name])
  const binding = [organizationId, actor.kind, actor.id, table.id, columns, now]
  return createHash('sha256').update(JSON.stringify(binding)).digest('hex')
}

const sealer = ({ envelope }: Context) => envelope.sealer(PURPOSE)

function isConfirmed(ctx: Context, token: string, binding: string): boolean {
  const [bound, until] = sealer(ctx).open(token)?.toString().split(' ') ?? []
  return bound === binding && Number(until) > ctx.clock.now().getTime()
}

async function rowsIn(tx: Transaction, { space, place }: Opened): Promise<number> {
  const counting = `SELECT count(*)::int AS rows FROM (SELECT FROM ${place} LIMIT ${MAX_COUNTED}) AS counted`
  const [counted] = await inSpace(tx, space, () => tx.$queryRawUnsafe<{ rows: number }[]>(counting))
  return counted!.rows
}

const FIRST = 'This cannot be undone.'
const AGAIN = 'This confirmation is not valid: it is too old, or the table or what was asked for is another.'

/** Passes with the token that a first attempt was refused with; it is good for a few minutes, and for the same loss alone. */
export async function requireConfirmation(
  tx: Transaction,
  ctx: Context,
  opened: Opened,
  loss: Loss & { confirm: string | null | undefined },
): Promise<void> {
  const binding = bindingOf(ctx, opened, loss)
  if (loss.confirm && isConfirmed(ctx, loss.confirm, binding)) return
  const until = ctx.clock.now().getTime() + MINUTES * 60_000
  const token = sealer(ctx).seal(Buffer.from(`${binding} ${until}`))
  const rows = await rowsIn(tx, opened)
  const bytes = Number(opened.relation.bytes)
  const confirmation = { token, expiresAt: new Date(until).toISOString(), rows, bytes }
  const sentence = `${loss.confirm ? AGAIN : FIRST} Repeat it within ${MINUTES} minutes with the confirmation’s token as \`confirm\`.`
  throw new AppError('CONFLICT', sentence, { confirmation })
}
