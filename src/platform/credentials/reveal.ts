import { z } from 'zod'
import { reason } from '../../core/approvals.ts'
import { type Context, row, transaction } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'
import { found } from '../../core/found.ts'
import { lockRow } from '../../core/lock.ts'
import { record } from '../../core/record.ts'
import { type Input, validated } from '../../core/validate.ts'
import { assertMayReveal, assertPolicy, assertReason, POLICY } from './policy.ts'
import { openedUri, SECRETS, TABLE } from './secrets.ts'

const wish = z.object({ reason: reason.nullish() })

const WHOLE = { name: true, revokedAt: true, expiresAt: true, ...POLICY, ...SECRETS } as const

/** A URI in plain text, and whose. */
export type RevealedCredential = { id: number; uri: string; credential: object }

/** Of a credential that opens nothing any more, nothing is shown. */
function assertAlive(
  { clock }: Context,
  { revokedAt, expiresAt, kind }: { revokedAt: Date | null; expiresAt: Date | null; kind: string },
) {
  if (revokedAt) throw new AppError('CONFLICT', 'This credential was revoked; issue another one.')
  if (kind === 'issued' && expiresAt && expiresAt <= clock.now())
    throw new AppError('CONFLICT', 'This credential has expired; issue another one.')
}

/** The whole URI, as the policy allows; `query` selects what is shown beside it. Audited: without the audit row, no secret. */
export function revealCredential(
  ctx: Context,
  id: number,
  input: Input,
  query: object = {},
): Promise<RevealedCredential> {
  assertMayReveal(ctx)
  const given = validated(wish, input).reason ?? undefined
  ctx.answer.secret = true
  return transaction(ctx, async (tx) => {
    const where = row(ctx, id)
    // Held until the audit row is written: no two are counted as one, and what is shown is what the policy speaks of.
    await lockRow(tx, ctx, TABLE, id)
    const { name, uri, ...stored } = await found(
      TABLE,
      tx.credential.findUnique({ where, select: { kind: true, ...WHOLE } }),
    )
    assertAlive(ctx, stored)
    assertReason(stored, given)
    const grantId = await assertPolicy(tx, ctx, stored)
    const data = { id, name, reason: given ?? null, ...(grantId !== undefined && { grantId }) }
    await record(tx, ctx, { type: `${TABLE}.revealed`, target: { type: TABLE, id }, data })
    const credential = await found(TABLE, tx.credential.findUnique({ ...query, where }))
    return { id, uri: openedUri(ctx, { ...stored, uri: uri! }), credential }
  })
}
