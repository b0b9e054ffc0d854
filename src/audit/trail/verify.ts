import type { Context } from '../../core/context.ts'
import { BEGINNING, sealOf } from './chain.ts'
import { LAST, LINKS, LOST, OUTSIDE } from './verify.sql.ts'

/** What is read at a time: however long a trail is, no more of it is held. */
const LINKS_AT_ONCE = 1000
const ROWS_AT_ONCE = 5000

export const REASONS = ['changed', 'deleted', 'inserted', 'moved'] as const

export type Broken = {
  /** None where a row is gone together with its seal. */
  id: string | null
  /** None where a row has no seal. */
  position: number | null
  reason: (typeof REASONS)[number]
}

export type Verification = {
  valid: boolean
  checked: number
  unsealed: number
  firstBroken: Broken | null
  /** Where the chain ends: whoever keeps it elsewhere knows later that nothing was taken off. */
  lastPosition: number
  lastHash: string
}

type Link = { id: string; position: number; previous: string; hash: string; canonical: string | null }
type Outside = { last: string | null; rows: number; waiting: number; stranger: string | null }
type Chain = { checked: number; hash: string; broken: Broken | null }

const rowsOf = <R>({ db }: Context, text: string, values: unknown[]): Promise<R[]> =>
  db.$queryRawUnsafe<R[]>(text, ...values)

/** What is wrong with a seal, or the row that it seals, behind the hash of the seal before. */
function wrong({ id, position, previous, hash, canonical }: Link, { checked, hash: before }: Chain): Broken | null {
  if (position !== checked + 1) return { id: null, position: checked + 1, reason: 'deleted' }
  if (canonical === null) return { id, position, reason: 'deleted' }
  if (sealOf(previous, canonical) !== hash) return { id, position, reason: 'changed' }
  return previous === before ? null : { id, position, reason: 'moved' }
}

/** Walks the chain from its beginning to where it ended when it was asked, or to the first seal that does not hold. */
async function walk(ctx: Context): Promise<Chain> {
  const [last] = await rowsOf<{ position: number }>(ctx, LAST, [ctx.organizationId])
  const chain: Chain = { checked: 0, hash: BEGINNING, broken: null }
  while (chain.checked < last!.position) {
    const links = await rowsOf<Link>(ctx, LINKS, [ctx.organizationId, chain.checked, last!.position, LINKS_AT_ONCE])
    for (const link of links) {
      chain.broken = wrong(link, chain)
      if (chain.broken) return chain
      chain.checked = link.position
      chain.hash = link.hash
    }
  }
  return chain
}

type Rest = { unsealed: number; broken: Broken | null }

/** Rows outside of the chain: those that wait for their seal, and the first that does not belong there. */
async function rest(ctx: Context): Promise<Rest> {
  const found: Rest = { unsealed: 0, broken: null }
  for (let after = '0', rows = ROWS_AT_ONCE; rows === ROWS_AT_ONCE; ) {
    const [part] = await rowsOf<Outside>(ctx, OUTSIDE, [ctx.organizationId, after, ROWS_AT_ONCE])
    const { stranger, waiting, last } = part!
    found.unsealed += waiting
    if (stranger !== null) found.broken ??= { id: stranger, position: null, reason: 'inserted' }
    after = last ?? after
    rows = part!.rows
  }
  const [lost] = await rowsOf<{ id: string }>(ctx, LOST, [ctx.organizationId])
  if (lost) found.broken ??= { id: lost.id, position: null, reason: 'deleted' }
  return found
}

/** Proves the organization's trail: every seal holds, and every row has its seal or waits for it. */
export async function verifyAudit(ctx: Context): Promise<Verification> {
  const { checked, hash, broken } = await walk(ctx)
  const outside = await rest(ctx)
  const firstBroken = broken ?? outside.broken
  const { unsealed } = outside
  return { valid: firstBroken === null, checked, unsealed, firstBroken, lastPosition: checked, lastHash: hash }
}
