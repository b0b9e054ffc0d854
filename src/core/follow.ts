import type { Context, Follow, Stream } from './context.ts'
import { AppError, invalid } from './errors.ts'
import type { Permission } from './permissions.ts'

const CURSOR = /^\d{1,18}$/

function streamOf({ stream }: Context): Stream {
  if (stream) return stream
  throw new AppError('INVALID_REQUEST', 'Ask for text/event-stream to subscribe.')
}

export function assertHolds({ permissions }: Context, need: Permission): void {
  if (!permissions.has(need)) throw new AppError('FORBIDDEN', `This needs the permission ${need}.`, { need })
}

export type Following<R> = {
  follow: Follow<R>
  /** Where to begin, unless the connection says where it broke. */
  after: string | null | undefined
  /** Whether somebody is told of it, as they are now. */
  tells(now: Context, row: R): boolean
}

/** What somebody is told for as long as they listen. Their credential is looked at again before each batch. */
export function following<R>(ctx: Context, { follow, after, tells }: Following<R>): AsyncIterable<R> {
  const { lastEventId, signal, renewed } = streamOf(ctx)
  const from = lastEventId ?? after ?? undefined
  if (from !== undefined && !CURSOR.test(from)) throw invalid('after', 'must be the cursor of something told before.')
  return (async function* () {
    for await (const batch of follow(ctx.organizationId, from, signal)) {
      const now = await renewed()
      for (const row of batch) if (tells(now, row)) yield row
    }
  })()
}
