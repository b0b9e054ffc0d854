import type { Context } from './context.ts'

type Batch<V> = { keys: Set<number>; values: Promise<ReadonlyMap<number, V>> }

/**
 * Loads one value per row in one statement, however many rows ask for it. Nothing is remembered afterwards unless it is
 * kept on purpose, so that a field read after a change in the same request is fresh.
 */
export function batched<V>(load: (ctx: Context, keys: readonly number[]) => Promise<ReadonlyMap<number, V>>) {
  const open = new WeakMap<Context, Batch<V>>()

  const start = (ctx: Context): Batch<V> => {
    const keys = new Set<number>()
    const values = new Promise<void>((resolve) => Promise.resolve().then(() => process.nextTick(resolve))).then(() => {
      open.delete(ctx)
      return load(ctx, [...keys])
    })
    const batch = { keys, values }
    open.set(ctx, batch)
    return batch
  }

  const fresh = async (ctx: Context, key: number): Promise<V | undefined> => {
    const batch = open.get(ctx) ?? start(ctx)
    batch.keys.add(key)
    return (await batch.values).get(key)
  }

  const kept = new WeakMap<Context, Map<number, V | undefined>>()

  const value = async (ctx: Context, key: number): Promise<V | undefined> => {
    const known = kept.get(ctx)
    return known?.has(key) ? known.get(key) : fresh(ctx, key)
  }

  /** Keeps a row's value for the rest of the request, because the row is about to be deleted. */
  const keep = async (ctx: Context, key: number): Promise<void> => {
    const now = await fresh(ctx, key)
    kept.set(ctx, (kept.get(ctx) ?? new Map()).set(key, now))
  }

  return Object.assign(value, { keep })
}
