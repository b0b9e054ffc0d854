import { setInterval } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Answer, Caller } from '../crash/caller.ts'

export const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1]!

export type Steady = { active: number; paceMs: number; milliseconds: number }

/** How long each answer took to so many who ask at a steady pace. */
export async function steadily(
  ask: () => Promise<Answer>,
  { active, paceMs, milliseconds }: Steady,
): Promise<number[]> {
  const until = performance.now() + milliseconds
  const one = async () => {
    const taken: number[] = []
    for await (const _ of setInterval(paceMs)) {
      const { status, took, text } = await ask()
      expect([200, 201], text).toContain(status)
      taken.push(took)
      if (performance.now() > until) break
    }
    return taken
  }
  return (await Promise.all(Array.from({ length: active }, one))).flat()
}

export const leads = (caller: Caller) => () => caller.call('/api/v1/leads')
