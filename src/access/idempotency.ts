import { hash } from 'node:crypto'
import { AppError, invalid } from '../core/errors.ts'
import type { SystemQuery } from '../db/tenant.ts'
import { ABANDON, CLAIM, FINISH, PRUNE, READ } from './idempotency.sql.ts'

export type StoredAnswer = { status: number; headers: Record<string, string>; body: Buffer }

/** The right to execute, held by one caller at a time. */
export type Claim = { organizationId: number; id: string; lockedUntil: string }

export type Begun =
  | { state: 'new'; claim: Claim }
  | { state: 'replay'; answer: StoredAnswer }
  | { state: 'mismatch' }
  | { state: 'in-progress' }

export type Idempotency = {
  begin(organizationId: number, actor: string, key: string, fingerprint: Buffer): Promise<Begun>
  /** Keeps the answer for whoever asks again; an answer of 500 and above is not kept, so that a retry executes. */
  finish(claim: Claim, answer: StoredAnswer): Promise<void>
  /** Nothing was executed. */
  abandon(claim: Claim): Promise<void>
  /** Forgets expired answers. */
  prune(): Promise<number>
}

const DAY = 24 * 60 * 60
/** Seconds after which a holder that never answered is taken for dead. */
const HOLD = 60
const LONGEST_KEY = 255

type Stored = { same: boolean; status: number | null; headers: Record<string, string>; body: Buffer }

export function createIdempotency(query: SystemQuery): Idempotency {
  const abandon = async ({ organizationId, id, lockedUntil }: Claim) => {
    await query(ABANDON, [organizationId, id, lockedUntil], 'idempotency-abandon')
  }
  return {
    async begin(organizationId, actor, key, fingerprint) {
      const owner = [organizationId, actor, key, fingerprint]
      for (;;) {
        const [claim] = await query<Claim>(CLAIM, [...owner, HOLD, DAY], 'idempotency-claim')
        if (claim) return { state: 'new', claim: { organizationId, id: claim.id, lockedUntil: claim.lockedUntil } }
        const [stored] = await query<Stored>(READ, owner, 'idempotency-read')
        if (stored) return begun(stored)
      }
    },
    async finish(claim, answer) {
      if (answer.status >= 500) return abandon(claim)
      const { organizationId, id, lockedUntil } = claim
      const { status, headers, body } = answer
      await query(FINISH, [organizationId, id, lockedUntil, status, headers, body], 'idempotency-finish')
    },
    abandon,
    async prune() {
      const [row] = await query<{ count: number }>(PRUNE, [])
      return row!.count
    },
  }
}

function begun({ same, status, headers, body }: Stored): Begun {
  if (!same) return { state: 'mismatch' }
  if (status === null) return { state: 'in-progress' }
  return { state: 'replay', answer: { status, headers, body } }
}

/** The claim, or the answer to replay; the other states are refusals. */
export function claimOrReplay(begun: Begun): Exclude<Begun, { state: 'mismatch' | 'in-progress' }> {
  if (begun.state === 'mismatch')
    throw new AppError('UNPROCESSABLE', 'This Idempotency-Key was used with other parameters.')
  if (begun.state === 'in-progress')
    throw new AppError('CONFLICT', 'A request with this Idempotency-Key is being executed.', { retryAfter: 1 })
  return begun
}

/** The key of a request; undefined when it carries none. */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  if (header.length > 0 && header.length <= LONGEST_KEY && /^[\x20-\x7e]+$/.test(header)) return header
  throw invalid('Idempotency-Key', `Send 1 to ${LONGEST_KEY} printable ASCII characters.`)
}

/** What "the same parameters" means: method, path with its query, and the body to the byte. */
export const requestFingerprint = (method: string, target: string, body: Uint8Array): Buffer =>
  hash('sha256', Buffer.concat([Buffer.from(`${method} ${target}\n`), body]), 'buffer')
