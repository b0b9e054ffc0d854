import { hash } from 'node:crypto'
import type { GraphQLResolveInfo } from 'graphql'
import { getGraphQLRateLimiter, Store } from 'graphql-rate-limit'
import type { HitLimit, HitStore } from './hits/hit.ts'

type Identity = Parameters<Store['getForIdentity']>[0]

/** The limiter reads, decides and writes; under concurrency only a read that records the hit itself counts every call. */
class RecordingStore extends Store {
  retryAfter = 0
  readonly #hits: HitStore
  readonly #limit: HitLimit

  constructor(hits: HitStore, limit: HitLimit) {
    super()
    this.#hits = hits
    this.#limit = limit
  }

  /** The identity is hashed: it may be long, and somebody's address. */
  override async getForIdentity({ fieldIdentity, contextIdentity }: Identity): Promise<number[]> {
    const key = `${fieldIdentity}:${hash('sha256', contextIdentity, 'base64url')}`
    const { earlier, retryAfter } = await this.#hits.record(key, this.#limit)
    this.retryAfter = retryAfter
    return Array<number>(earlier).fill(Date.now())
  }

  override setForIdentity(): void {}
}

/** One call of a field: who makes it, and how often that may happen. */
export type FieldCall = HitLimit & {
  hits: HitStore
  identity: string
  parent: unknown
  args: object
  ctx: unknown
  info: GraphQLResolveInfo
}
export type Refusal = { sentence: string; retryAfter: number }

/** Counts the call; undefined when it may go on. */
export async function countCall(call: FieldCall): Promise<Refusal | undefined> {
  const { hits, identity, max, windowSeconds, parent, args, ctx, info } = call
  const store = new RecordingStore(hits, { max, windowSeconds })
  const limiter = getGraphQLRateLimiter({ store, identifyContext: () => identity })
  const refusal = await limiter({ parent, args, context: ctx, info }, { window: `${windowSeconds}s`, max })
  return refusal === undefined ? undefined : { sentence: `${refusal}.`, retryAfter: store.retryAfter }
}
