import { afterAll, beforeAll, expect, it } from 'vitest'
import { Caller } from '../crash/caller.ts'
import { dataFolder } from '../crash/folder.ts'
import { found, onDatabase, serve } from '../crash/launch.ts'
import { testDatabase } from '../kit/database.ts'
import { Receiver } from '../kit/receiver.ts'
import { leads, percentile, steadily } from './steady.ts'

const RECEIVERS = 12
const READS = { active: 20, paceMs: 50, milliseconds: 3_000 }
const WRITES = { ...READS, active: 2 }
/** What the API's p99 may change by. */
const CHANGE = 1.1
/** The quietest round of each kind counts: the others tell of the machine's other work. */
const ROUNDS = 6

const opened = new AsyncDisposableStack()
const held = new Set<unknown>()
let receiver: Receiver
let caller: Caller

beforeAll(async () => {
  const database = await testDatabase()
  opened.defer(() => database.drop())
  const folder = opened.use(await dataFolder())
  receiver = opened.use(await Receiver.open())
  const variables = onDatabase(database.url, folder.path, { OPSGRAPH_ALLOW_PRIVATE_TARGETS: 'true' })
  const { secret } = await found(variables)
  const server = opened.use(await serve(variables))
  caller = opened.use(new Caller(server.url, secret))
  for (let n = 0; n < RECEIVERS; n += 1) {
    const { status } = await caller.post('/api/v1/webhooks', { url: `${receiver.url}/${n}`, events: ['lead.created'] })
    expect(status).toBe(201)
  }
}, 120_000)
afterAll(() => opened.disposeAsync())

const answer = () => {
  receiver.answering = (res) => res.end('ok')
}

const hang = () => {
  receiver.answering = (res) => {
    held.add(res)
    res.on('close', () => held.delete(res))
  }
}

let names = 0
const write = () => caller.post('/api/v1/leads', { name: `lead ${names++}` })

/** The p99 of reading while others write what receivers are told of. */
async function p99(): Promise<number> {
  const [taken] = await Promise.all([steadily(leads(caller), READS), steadily(write, WRITES)])
  return percentile(taken, 0.99)
}

it('the API answers as fast while every receiver hangs', async () => {
  answer()
  await p99()
  const answering: number[] = []
  const hanging: number[] = []
  const changed = () => Math.min(...hanging) / Math.min(...answering)
  do {
    answer()
    answering.push(await p99())
    hang()
    hanging.push(await p99())
    expect(held.size).toBeGreaterThan(0)
    receiver.hangUp()
  } while (changed() > CHANGE && hanging.length < ROUNDS)
  console.log(`p99 ${Math.min(...answering).toFixed(1)} ms, ${Math.min(...hanging).toFixed(1)} ms while they hang`)
  expect(changed()).toBeLessThanOrEqual(CHANGE)
}, 120_000)
