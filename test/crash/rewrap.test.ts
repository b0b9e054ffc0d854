import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Envelope, masterKey } from '../../src/core/envelope.ts'
import { placeOf, sealed } from '../../src/vault/secrets.ts'
import { MASTER_KEY, type TestApp, tenant, testApp } from '../kit/app.ts'
import { Launched } from './launch.ts'

const ROWS = 3000
const PATIENCE_MS = 60_000
const NEXT = randomBytes(32).toString('base64')
const next = masterKey(NEXT)

let kit: TestApp
beforeAll(async () => {
  kit = await testApp()
  for (const slug of ['a', 'b']) await fill((await tenant(kit.app, slug)).id)
})
afterAll(() => kit?.drop())

const passwordOf = (organization: number, id: number) => `secret of ${organization}/${id}`

async function fill(organizationId: number): Promise<void> {
  const { app } = kit
  const ids = Array.from({ length: ROWS / 2 }, (_, nth) => organizationId * 10_000 + nth)
  const rows = ids.map((id) => {
    const { key, stored } = app.envelope.create(placeOf({ organizationId }, id))
    const { password } = sealed(key, { password: passwordOf(organizationId, id), otpSecret: null })
    return { wrapped: Buffer.from(stored.wrappedKey), keyId: stored.keyId, password: Buffer.from(password!) }
  })
  await app.query(
    `INSERT INTO password_entry (organization_id, id, title, has_password, key_id, password, wrapped_key)
     SELECT $1, id, 'entry', true, $2, password, wrapped FROM unnest($3::int[], $4::bytea[], $5::bytea[]) n (id, password, wrapped)`,
    [organizationId, app.envelope.keyId, ids, rows.map(({ password }) => password), rows.map(({ wrapped }) => wrapped)],
  )
}

type Row = { organization: number; id: number; password: Buffer; wrapped: Buffer; key: string }
const stored = () =>
  kit.app.query<Row>(
    'SELECT organization_id AS organization, id, password, wrapped_key AS wrapped, key_id AS key FROM password_entry',
    [],
  )
const rewrapped = async () => (await stored()).filter(({ key }) => key === next.id).length

const rewrap = (keys: Record<string, string>, ...options: string[]) =>
  new Launched(['vault', 'rewrap', ...options], {
    DATABASE_URL: kit.config.databaseUrl!,
    OPSGRAPH_DATA: kit.config.dataDir,
    ...keys,
  })
const ROTATING = { OPSGRAPH_MASTER_KEY: NEXT, OPSGRAPH_PREVIOUS_MASTER_KEY: MASTER_KEY }

const opens = (envelope: Envelope, { organization, id, password, wrapped, key }: Row) =>
  envelope
    .open(placeOf({ organizationId: organization }, id), { wrappedKey: Uint8Array.from(wrapped), keyId: key })
    .open('password', password) === passwordOf(organization, id)

it('a rewrap without the key before is told so and changes nothing', async () => {
  const { code, err } = await rewrap({ OPSGRAPH_MASTER_KEY: NEXT }).ended
  expect([code, err]).toEqual([1, expect.stringContaining(`${ROWS} rows could not be rewrapped`)])
  expect(await rewrapped()).toBe(0)
})

it('a rewrap that is killed half-way goes on when it is run again, and the new key alone opens everything', async () => {
  const killed = rewrap(ROTATING, '--batch', '2')
  const until = performance.now() + PATIENCE_MS
  while ((await rewrapped()) === 0 && performance.now() < until) await pause(10)
  expect((await killed.end('SIGKILL')).signal).toBe('SIGKILL')
  const done = await rewrapped()
  expect([done > 0, done < ROWS]).toEqual([true, true])
  const both = new Envelope(next, [masterKey(MASTER_KEY)])
  expect((await stored()).every((row) => opens(both, row))).toBe(true)

  const { code, out } = await rewrap(ROTATING, '--json').ended
  expect([code, JSON.parse(out)]).toEqual([0, { keyId: next.id, rewrapped: ROWS - done, current: done, unknown: 0 }])
  const alone = new Envelope(next)
  const rows = await stored()
  expect(rows).toHaveLength(ROWS)
  expect(rows.every((row) => opens(alone, row))).toBe(true)

  const again = await rewrap({ OPSGRAPH_MASTER_KEY: NEXT }).ended
  expect([again.code, again.out]).toEqual([0, expect.stringMatching(/^0 rows rewrapped .* 3000 rows under it before/)])
}, 120_000)
