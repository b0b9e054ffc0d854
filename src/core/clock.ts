/** The server's only source of "now"; tests and demonstrations fix it, so that dates in answers can be asserted. */
export type Clock = { now(): Date }

export const systemClock: Clock = { now: () => new Date() }

export const fixedClock = (iso: string): Clock => ({ now: () => new Date(iso) })

export const isoDate = (time: Date): string => time.toISOString().slice(0, 10)
