import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MASTER_KEY, NOON, tenant } from '../../test/kit/app.ts'
import { type TestDatabase, testDatabase } from '../../test/kit/database.ts'
import { giveSecondFactors } from '../../test/kit/second-factors.ts'
import { signAccessToken, verifyAccessToken } from '../access/access-token.ts'
import { openApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { fixedClock } from '../core/clock.ts'
import { asSystem } from '../db/tenant.ts'
import { createLog } from '../log.ts'
import { runCli } from './run.ts'

const NEXT = randomBytes(32).toString('base64')
const CLAIMS = { userId: 1, sessionId: 1 }

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database?.drop())

const given = (keys: Record<string, string>) => ({ DATABASE_URL: database.url, OPSGRAPH_CLOCK: NOON, ...keys })

async function run(line: string, keys: Record<string, string> = { OPSGRAPH_MASTER_KEY: MASTER_KEY }) {
  const [out, err]: string[][] = [[], []]
  const terminal = {
    out: (text: string) => void out!.push(text),
    err: (text: string) => void err!.push(text),
    progress: () => {},
    input: async () => '',
  }
  const code = await runCli(line.split(' '), given(keys), terminal)
  return { code, out: out!.join('\n'), err: err!.join('\n') }
}

/** What another process signs and believes. */
async function elsewhere<T>(
  work: (app: Awaited<ReturnType<typeof openApp>>) => Promise<T>,
  masterKey = MASTER_KEY,
): Promise<T> {
  const app = await openApp(readConfig(given({ OPSGRAPH_MASTER_KEY: masterKey })), createLog('silent'))
  try {
    return await work(app)
  } finally {
    await app.close()
  }
}

const signed = () => elsewhere(({ signingKeys, clock }) => signAccessToken(signingKeys, clock, CLAIMS))
const believed = (token: string, at = NOON) =>
  elsewhere(({ signingKeys }) => verifyAccessToken(signingKeys, fixedClock(at), token))

it('what one process signs another believes, after a rotation too, until the token is over', async () => {
  const token = await signed()
  expect(await believed(token)).toMatchObject(CLAIMS)
  const { code, out } = await run('auth rotate-keys --json')
  expect([code, JSON.parse(out)]).toEqual([0, { kid: expect.any(String), overlap: 960 }])
  expect(await believed(token)).toMatchObject(CLAIMS)
  expect(await believed(token, '2026-05-23T11:57:01Z')).toBeUndefined()
  expect(await believed(await signed())).toMatchObject(CLAIMS)
})

it('without an overlap, nothing that was signed before is believed', async () => {
  const token = await signed()
  expect((await run('auth rotate-keys --overlap 0')).code).toBe(0)
  expect(await believed(token)).toBeUndefined()
  expect(await run('auth rotate-keys --overlap 100000')).toMatchObject({ code: 2, out: '' })
})

it('two that make the first key at once make one', async () => {
  await elsewhere(({ query }) => query('DELETE FROM signing_key', []))
  const tokens = await Promise.all([signed(), signed()])
  for (const token of tokens) expect(await believed(token)).toMatchObject(CLAIMS)
  const keys = await elsewhere(({ query }) => query('SELECT kid FROM signing_key', []))
  expect(keys).toHaveLength(1)
})

it('the private key is rewrapped with everything that is sealed', async () => {
  const keys = { OPSGRAPH_MASTER_KEY: NEXT, OPSGRAPH_PREVIOUS_MASTER_KEY: MASTER_KEY }
  const { code, out } = await run('vault rewrap --json', keys)
  expect([code, JSON.parse(out)]).toMatchObject([0, { rewrapped: 1, unknown: 0 }])
  const token = await elsewhere(({ signingKeys, clock }) => signAccessToken(signingKeys, clock, CLAIMS), NEXT)
  expect(token).toMatch(/^eyJ/)
})

describe('auth reset-second-factor', () => {
  const reset = (email: string) => run(`auth reset-second-factor ${email} --json`, { OPSGRAPH_MASTER_KEY: NEXT })

  it('takes it away, and says so in each organization of the person', async () => {
    const id = await elsewhere(async (app) => {
      const one = await tenant(app, 'one')
      await giveSecondFactors(app, one.id)
      const { id: other } = await tenant(app, 'other')
      await asSystem(async () =>
        app.prisma.membership.create({ data: { organizationId: other, id: one.users.admin, role: 'editor' } }),
      )
      return one.users.admin
    }, NEXT)
    const { code, out } = await reset('Admin@one.example.com')
    expect([code, JSON.parse(out)]).toEqual([0, { id, email: 'admin@one.example.com' }])
    const told = await elsewhere(
      ({ query }) =>
        query(
          `SELECT actor_kind AS actor, target_id AS target FROM audit_event WHERE action = 'account.second_factor_reset'`,
          [],
        ),
      NEXT,
    )
    expect(told).toEqual(Array(2).fill({ actor: 'system', target: String(id) }))
  })

  it('is refused where there is none, and nobody', async () => {
    expect(await reset('admin@one.example.com')).toMatchObject({ code: 1, out: '' })
    expect((await reset('nobody@example.com')).err).toContain(
      'There is nobody with the mail address nobody@example.com.',
    )
  })
})
