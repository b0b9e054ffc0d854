import { createAttempts } from '../../src/access/attempts.ts'
import { memoryBuckets } from '../../src/access/buckets/memory.ts'
import type { KeyCredential } from '../../src/access/credential.ts'
import { type Credentials, createCredentials } from '../../src/access/credentials.ts'
import type { Listen } from '../../src/access/listen.ts'
import { AppError } from '../../src/core/errors.ts'
import type { SystemQuery } from '../../src/db/tenant.ts'

export const HERE = '192.0.2.10'
export const START = Date.parse('2026-05-23T12:00:00Z')
export const INVALID = { code: 'INVALID_TOKEN', message: 'This key or token is not valid.', details: {} }

export type Desk = {
  credentials: Credentials<KeyCredential>
  /** The time that keys expire by. */
  time: number
  /** Milliseconds that remembered keys have aged. */
  age: number
  lookups: number
  afterLookup(): void
  /** What another process said. */
  hear(payload: string): void
  connected(up: boolean): void
  /** The credential at once, or the promise of one. */
  as(key: string, address?: string): KeyCredential | Promise<KeyCredential>
  refusal(authorization: string | undefined, address?: string): Promise<unknown>
}

/** Credentials whose clocks, look-ups and news a test holds in its hand. */
export function desk(query: SystemQuery, listen?: Listen): Desk {
  const held = {
    time: START,
    age: 0,
    lookups: 0,
    afterLookup: () => {},
    hear: (_: string) => {},
    connected: (_: boolean) => {},
  }
  const inHand: Listen = (_channel, hear, connected) => {
    Object.assign(held, { hear, connected })
    connected(true)
    return { close: async () => {} }
  }
  const credentials = createCredentials({
    async query(text, values) {
      held.lookups++
      const rows = await query(text, values)
      held.afterLookup()
      return rows as never[]
    },
    clock: { now: () => new Date(held.time) },
    now: () => held.age,
    listen: listen ?? inHand,
    attempts: createAttempts(memoryBuckets(), { capacity: 10_000, refillPerSecond: 1 }),
  })
  return Object.assign(held, {
    credentials,
    as: (key: string, address = HERE) => credentials.authenticate(`Bearer ${key}`, address),
    refusal: (authorization: string | undefined, address = HERE) => refusal(credentials, authorization, address),
  })
}

async function refusal(credentials: Credentials, authorization: string | undefined, address: string) {
  try {
    return await credentials.authenticate(authorization, address)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { code: error.code, message: error.message, details: error.details }
  }
}
