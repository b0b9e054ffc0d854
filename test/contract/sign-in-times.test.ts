import { beforeAll, describe, expect, it } from 'vitest'
import { hashPassword } from '../../src/accounts/password.ts'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

/** Behind a proxy every attempt can come from an address of its own, so that no limit of one address is in the way. */
const server = testServer({ OPSGRAPH_TRUSTED_PROXIES: '127.0.0.1' })

const PASSWORD = 'a password of theirs'
/** Each account is tried less often than it may be. */
const TRIES = 9
const ACCOUNTS = 40

const KINDS = {
  'a wrong password': { name: 'known', password: 'not the password' },
  'an unknown account': { name: 'nobody', password: PASSWORD },
  'a disabled account': { name: 'disabled', password: PASSWORD },
  'somebody who was only invited': { name: 'invited', password: PASSWORD },
} as const
type Kind = keyof typeof KINDS
const kinds = Object.keys(KINDS) as Kind[]
const [WRONG, ...OTHERS] = kinds as [Kind, ...Kind[]]

beforeAll(async () => {
  const hash = await hashPassword(PASSWORD)
  for (const [name, status, stored] of [
    ['known', 'active', hash],
    ['disabled', 'disabled', hash],
    ['invited', 'invited', null],
  ])
    await server.app.query(
      `INSERT INTO app_user (email, display_name, status, password_hash)
       SELECT $1 || '-' || n || '@example.com', $1, $2::user_status, $3 FROM generate_series(0, $4) n`,
      [name, status, stored, ACCOUNTS - 1],
    )
})

let address = 0
const login = (email: string, password: string) => {
  address += 1
  const headers = { 'x-forwarded-for': `198.51.${address >> 8}.${address & 255}` }
  return server.request('/api/v1/auth/login', { method: 'POST', body: { email, password }, headers })
}

async function timed(kind: Kind, round: number): Promise<number> {
  const { name, password } = KINDS[kind]
  const begun = performance.now()
  const { status, json } = await login(`${name}-${round % ACCOUNTS}@example.com`, password)
  const took = performance.now() - begun
  expect([status, json.error.code]).toEqual([401, 'invalid_credentials'])
  return took
}

/** The median of the faster half: the slower one tells more of what else the machine does. */
const typical = (times: readonly number[]): number =>
  median(times.toSorted((a, b) => a - b).slice(0, (times.length + 1) >> 1))

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1]!

describe('log-in', () => {
  it('takes as long for a wrong password as for whoever cannot sign in at all: medians within 5 %', async () => {
    const times = new Map<Kind, number[]>(kinds.map((kind) => [kind, []]))
    const apart = () => OTHERS.map((kind) => Math.abs(typical(times.get(kind)!) / typical(times.get(WRONG)!) - 1))
    // Each round begins with another kind, and all rounds count: what else happens here evens out.
    const measure = async (round: number) => {
      const order = kinds.map((_, i) => kinds[(i + round) % kinds.length]!)
      for (const kind of order) times.get(kind)!.push(await timed(kind, round))
    }
    for (let round = 0; round < ACCOUNTS * TRIES; round += 1) {
      await measure(round)
      if (round >= 40 && round % 10 === 0 && Math.max(...apart()) <= 0.05) break
    }
    for (const each of apart()) expect(each).toBeLessThanOrEqual(0.05)
  }, 600_000)

  it('tells a locked account from an unknown one that is locked by nothing', async () => {
    const answers = new Map<string, string>()
    for (const email of ['known-0@example.com', 'nobody-0@example.com']) {
      for (let i = 0; i <= 10; i += 1) {
        const { status, json } = await login(email, 'not the password')
        if (status === 429) answers.set(email, json.error.message)
      }
    }
    expect(answers.size).toBe(2)
    expect(new Set(answers.values()).size).toBe(1)
  })

  it('of two hundred at once stalls nobody else, and turns none of them away', async () => {
    const { token } = await minted(server, { capacity: 100_000, refillPerSecond: 1000 })
    const lookUp = async () => {
      const begun = performance.now()
      expect((await server.request('/api/v1/me', { key: token })).status).toBe(200)
      return performance.now() - begun
    }
    const calm: number[] = []
    while (calm.length < 50) calm.push(await lookUp())
    let done = false
    const crowd = Promise.all(
      Array.from({ length: 200 }, (_, i) => login(`crowd-${i}@example.com`, 'not the password')),
    ).finally(() => {
      done = true
    })
    const times: number[] = []
    while (!done) times.push(await lookUp())
    expect((await crowd).map(({ status }) => status)).toEqual(Array(200).fill(401))
    expect(times.length).toBeGreaterThan(20)
    expect(median(times)).toBeLessThan(Math.max(250, 5 * median(calm)))
    expect(Math.max(...times)).toBeLessThan(Math.max(1000, 5 * Math.max(...calm)))
  }, 240_000)
})
