import { type Clock, isoDate } from './clock.ts'

const DAY = 86_400_000

/** Today in UTC, as a date column holds it: midnight. */
export const today = (clock: Clock): Date => new Date(isoDate(clock.now()))

export const daysAfter = (day: Date, days: number): Date => new Date(day.getTime() + days * DAY)
