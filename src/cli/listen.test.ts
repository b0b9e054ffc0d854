import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Launched } from '../../test/crash/launch.ts'
import { Receiver } from '../../test/kit/receiver.ts'
import { testServer } from '../../test/kit/server.ts'
import { runCli } from './run.ts'

const server = testServer({ OPSGRAPH_ROLE: 'all' })
let receiver: Receiver
beforeAll(async () => {
  receiver = await Receiver.open()
})
afterAll(() => receiver?.[Symbol.asyncDispose]())

const PATIENCE = { timeout: 15_000, interval: 20 }

const listening = (...args: string[]) =>
  new Launched(['listen', '--server', server.url, ...args], { OPSGRAPH_API_KEY: server.key('dashboard') })

let names = 0
async function lead(): Promise<string> {
  names += 1
  const body = { name: `Lead ${names}` }
  await server.request('/api/v1/leads', { method: 'POST', key: server.key('dashboard'), body })
  return body.name
}

/** Leads are made until one arrives: from then on somebody listens. */
async function heard(): Promise<void> {
  await expect
    .poll(async () => {
      await lead()
      return receiver.received.length
    }, PATIENCE)
    .toBeGreaterThan(0)
}

it('what happens is shown, and forwarded as a webhook would be sent', async () => {
  await using listen = listening('--forward-to', receiver.url, '--event', 'lead.*')
  await heard()
  const name = await lead()
  await expect.poll(() => receiver.received.some(({ body }) => body.includes(`"${name}"`)), PATIENCE).toBe(true)
  const { body, headers } = receiver.received.at(-1)!
  const [secret] = /whsec_\S+/.exec(listen.err)!
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({ event: 'lead.created', organization: { id: 1 } })
  await expect.poll(() => listen.out, PATIENCE).toMatch(/2026-05-23T11:42:00Z {2}lead\.created {2}evt_\d+ {2}→ 200/)
  expect(await listen.end('SIGINT')).toMatchObject({ code: 0, signal: null })
}, 60_000)

it('a receiver that does not answer is told of, and the next event is forwarded all the same', async () => {
  await using listen = listening('--forward-to', 'http://127.0.0.1:9/', '--json')
  await expect
    .poll(async () => {
      await lead()
      return listen.out
    }, PATIENCE)
    .toMatch(/not taken/)
  const [line] = listen.out.split('\n')
  expect(JSON.parse(line!)).toMatchObject({
    answer: expect.stringMatching(/^not taken: /),
    payload: { event: 'lead.created' },
  })
}, 60_000)

it.each([
  [['--server', 'nowhere'], {}, 2, '--server must be an address'],
  [[], {}, 2, 'A key is missing'],
  [['--event', 'lead.eaten'], { OPSGRAPH_API_KEY: 'key' }, 1, 'lead.eaten is no event'],
  [[], { OPSGRAPH_API_KEY: 'dsk_wrong' }, 1, 'key'],
])('%j is refused in a sentence', async (args, environment, code, sentence) => {
  const said: string[] = []
  const terminal = { out: () => {}, err: (text: string) => void said.push(text), input: async () => '' }
  const key = 'OPSGRAPH_API_KEY' in environment && environment.OPSGRAPH_API_KEY === 'key'
  const variables = key ? { OPSGRAPH_API_KEY: server.key('dashboard') } : environment
  const where = args.includes('--server') ? [] : ['--server', server.url]
  expect(await runCli(['listen', ...where, ...args], variables, terminal)).toBe(code)
  expect(said.join('\n')).toContain(sentence)
})
