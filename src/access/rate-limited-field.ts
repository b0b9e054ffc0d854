import type { GraphQLResolveInfo } from 'graphql'
import { AppError } from '../core/errors.ts'
import type { HitStore } from './hits/hit.ts'

type Resolver<P, A, C, R> = (parent: P, args: A, ctx: C, info: GraphQLResolveInfo) => R | Promise<R>

export type FieldLimit<C, A> = {
  /** Seconds. */
  window: number
  /** Calls within the window. */
  max: number
  /** Who or what is counted: `account:ada@example.com`. */
  identity(ctx: C, args: A): string
}

/** Wraps a sensitive field's resolver; more calls than the limit are RATE_LIMITED, whichever process they reach. */
export const limitField =
  <C extends { hits: HitStore }, A extends object>({ window, max, identity }: FieldLimit<C, A>) =>
  <P, R, B extends A>(resolve: Resolver<P, B, C, R>): Resolver<P, B, C, R> =>
  async (parent, args, ctx, info) => {
    // Loaded for the first such call: the library brings others that are larger than itself.
    const { countCall } = await import('./field-limiter.ts')
    const who = { hits: ctx.hits, identity: identity(ctx, args) }
    const refusal = await countCall({ ...who, max, windowSeconds: window, parent, args, ctx, info })
    if (refusal) throw new AppError('RATE_LIMITED', refusal.sentence, { retryAfter: refusal.retryAfter })
    return resolve(parent, args, ctx, info)
  }
