import type { Clock } from '../core/clock.ts'

const DAY_MS = 86_400_000

/** Days counted from the clock's own, so that the demonstration looks alive on whatever day it is loaded. */
export type Calendar = {
  /** This moment, in whole seconds. */
  now: Date
  /** Midnight, so many days from today. */
  day(offset: number): Date
  /** `at(-1, '10:30')`: yesterday at half past ten. */
  at(offset: number, time: string): Date
  /** So many months from this one. */
  month(offset: number): { year: number; month: number }
}

export function calendarOf(clock: Clock): Calendar {
  const now = new Date(Math.floor(clock.now().getTime() / 1000) * 1000)
  const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())
  const day = (offset: number) => new Date(midnight + offset * DAY_MS)
  return {
    now,
    day,
    at: (offset, time) => new Date(`${day(offset).toISOString().slice(0, 10)}T${time}:00Z`),
    month: (offset) => {
      const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1))
      return { year: first.getUTCFullYear(), month: first.getUTCMonth() + 1 }
    },
  }
}
