import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testDatabase } from '../kit/database.ts'
import { Caller } from './caller.ts'
import { dataFolder } from './folder.ts'
import { found, type Launched, onDatabase, serve, type Variables } from './launch.ts'
import { MoodyReceiver } from './moody-receiver.ts'
import { ask } from './written.ts'

const HEAVY = process.env.OPSGRAPH_HEAVY === 'true'
const EVENTS = HEAVY ? 10_000 : 800
const ROUNDS = HEAVY ? 20 : 4
const WRITERS = 4
const LIFE_MS = 1200
const PATIENCE_MS = HEAVY ? 600_000 : 120_000
const PREFIX = 'told-'

const opened = new AsyncDisposableStack()
let variables: Variables
let url: string
let secret: string
let receiver: MoodyReceiver
const servers: Launched[] = []

beforeAll(async () => {
  receiver = opened.use(await MoodyReceiver.open())
  const folder = opened.use(await dataFolder())
  const database = await testDatabase()
  opened.defer(() => database.drop())
  url = database.url
  variables = onDatabase(url, folder.path, { OPSGRAPH_ALLOW_PRIVATE_TARGETS: 'true' })
  secret = (await found(variables)).secret
  servers.push(...(await Promise.all([serve(variables), serve(variables)])))
  for (const server of servers) opened.use(server)
  using caller = new Caller(servers[0]!.url, secret)
  const { json } = await caller.post('/api/v1/webhooks', { url: receiver.url, events: ['lead.created'] })
  receiver.secret = json.secret
}, 120_000)
afterAll(() => opened.disposeAsync())

/** Writes until there is enough, through whichever server is alive; a name is used once, whatever became of it. */
async function write(hand: number, told: string[], enough: () => boolean): Promise<void> {
  for (let row = 0; !enough(); row += 1) {
    const name = `${PREFIX}${hand}-${row}`
    using caller = new Caller(servers[row % servers.length]!.url, secret, 1)
    const answer = await caller.post('/api/v1/leads', { name }).catch(() => undefined)
    if (answer?.status === 201) told.push(name)
    if (!answer) await pause(20)
  }
}

/** As a supervisor would: on a busy machine a start may fail. */
async function start(which: number, left = 5): Promise<void> {
  try {
    servers[which] = opened.use(await serve(variables))
  } catch (error) {
    if (left === 0) throw error
    await start(which, left - 1)
  }
}

async function killAndReplace(which: number): Promise<void> {
  expect((await servers[which]!.end('SIGKILL')).signal).toBe('SIGKILL')
  await start(which)
}

type Counted = { state: string; count: number }
const states = async () =>
  Object.fromEntries(
    (await ask<Counted>(url, 'SELECT state, count(*)::int AS count FROM webhook_delivery GROUP BY 1')).map((row) => [
      row.state,
      row.count,
    ]),
  )

/** The hours until the next attempt go by. What is being tried at this moment is left alone. */
const passTime = () =>
  ask(
    url,
    "UPDATE webhook_delivery SET next_attempt_at = now() WHERE state = 'pending' AND lease IS NULL AND next_attempt_at > now()",
  )

/** A minute goes by while nobody lives: whoever held a lease is dead. */
const passLeases = () =>
  ask(url, "UPDATE webhook_delivery SET next_attempt_at = now() WHERE state = 'pending' AND lease IS NOT NULL")

async function untilDelivered(): Promise<void> {
  const late = performance.now() + PATIENCE_MS
  for (;;) {
    const { pending = 0, failed = 0 } = await states()
    const [waiting] = await ask<{ count: number }>(
      url,
      'SELECT count(*)::int AS count FROM event WHERE position IS NULL',
    )
    if (pending + failed + waiting!.count === 0) return
    if (performance.now() > late) throw new Error(`${pending} pending, ${failed} failed, ${waiting!.count} waiting`)
    if (pending === 0 && failed > 0) await replayFailed()
    await passTime()
    await pause(200)
  }
}

/** Eight bad days in a row happen: then somebody asks for what failed. */
async function replayFailed(): Promise<void> {
  using caller = new Caller(servers[0]!.url, secret)
  for (let since = '2000-01-01T00:00:00Z'; since; ) {
    const { status, json } = await caller.post('/api/v1/webhooks/1/replay', { since, failed_only: true })
    expect(status).toBe(202)
    since = json.next_since
  }
}

it(
  'every event arrives, under one id and with one effect, whoever is killed and whatever the receiver does',
  async () => {
    const told: string[] = []
    let done = false
    const enough = () => done && told.length >= EVENTS
    const hands = Array.from({ length: WRITERS }, (_, hand) => write(hand, told, enough))
    for (let round = 0; round < ROUNDS; round += 1) {
      await pause(LIFE_MS)
      await passTime()
      await killAndReplace(round % 2)
    }
    done = true
    await Promise.all(hands)
    await Promise.all(servers.map((server) => server.end('SIGKILL')))
    await passLeases()
    for (const which of servers.keys()) await start(which)
    await untilDelivered()

    const events = await ask<{ id: string; name: string }>(
      url,
      "SELECT id::text, data ->> 'name' AS name FROM event WHERE type = 'lead.created' ORDER BY id",
    )
    expect(events.length).toBeGreaterThanOrEqual(EVENTS)
    const written = new Set(events.map(({ name }) => name))
    expect(told.filter((name) => !written.has(name))).toEqual([])
    expect(receiver.faults).toEqual([])
    const arrived = [...receiver.effects.values()].map(({ id, name }) => [id, name])
    expect(arrived.length).toBe(events.length)
    expect(new Map(arrived as [string, string][])).toEqual(new Map(events.map(({ id, name }) => [`evt_${id}`, name])))
    const repeated = [...receiver.effects.values()].filter(({ sent }) => sent > 1)
    expect(repeated.length).toBeGreaterThan(0)
    expect(receiver.requests).toBeGreaterThan(events.length)
    expect(
      await ask(url, 'SELECT 1 FROM webhook_delivery GROUP BY webhook_endpoint_id, event_id HAVING count(*) > 1'),
    ).toEqual([])
    for (const server of servers) expect(await server.end()).toMatchObject({ code: 0, signal: null })
  },
  60_000 + ROUNDS * 30_000 + PATIENCE_MS,
)
