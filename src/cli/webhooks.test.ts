import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { MASTER_KEY } from '../../test/kit/app.ts'
import { type TestDatabase, testDatabase } from '../../test/kit/database.ts'
import { runCli } from './run.ts'

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'opsgraph-webhooks-'))
  expect((await run('demo', '--json')).code).toBe(0)
}, 60_000)
afterAll(async () => {
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

async function run(...argv: string[]) {
  const [out, err]: string[][] = [[], []]
  const terminal = {
    out: (text: string) => void out!.push(text),
    err: (text: string) => void err!.push(text),
    input: async () => '',
  }
  const variables = { DATABASE_URL: database.url, OPSGRAPH_DATA: folder, OPSGRAPH_MASTER_KEY: MASTER_KEY }
  const code = await runCli(argv, variables, terminal)
  return { code, out: out!.join('\n'), err: err!.join('\n') }
}

const webhooks = (line: string, ...more: string[]) =>
  run('webhooks', ...line.split(' '), '--organization', 'omniforge', ...more)
async function json(line: string, ...more: string[]) {
  const { code, out, err } = await webhooks(line, '--json', ...more)
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out)
}

const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/

it('endpoints are listed with what became of them', async () => {
  const { out } = await webhooks('list')
  expect(out).toMatch(/1 +https:\/\/hooks\.example\.com\/opsgraph +monitor\.down monitor\.up vault\.breach +active/)
  expect(out).toMatch(
    /2 +https:\/\/crm-sync\.example\.com\/events +lead\.\* client\.\* +disabled: It answered 410 Gone\./,
  )
})

it('an endpoint is made, tested, given a new secret, disabled, enabled and deleted', async () => {
  const made = await json(
    'create --url https://new.example.com/in --event lead.* --event client.created --description New',
    ...['--header', 'X-Environment: production'],
  )
  expect(made).toMatchObject({
    ...{
      url: 'https://new.example.com/in',
      events: ['lead.*', 'client.created'],
      description: 'New',
      permissions: ['*'],
    },
    ...{ headerNames: ['X-Environment'], secret: expect.stringMatching(SECRET) },
  })
  expect(JSON.stringify(made)).not.toContain('production')
  const { id } = made
  const tested = await json(`test ${id}`)
  expect(tested).toMatchObject({ eventType: 'webhook_endpoint.tested', state: 'pending', webhookEndpointId: id })
  expect((await json(`rotate ${id} --overlap 60`)).secret).toMatch(SECRET)
  expect(await json(`disable ${id}`)).toMatchObject({ state: 'disabled', disabledReason: 'It was disabled by hand.' })
  expect((await json(`deliveries ${id} --state failed`)).deliveries).toMatchObject([{ id: tested.id, state: 'failed' }])
  expect((await webhooks(`retry ${tested.id}`)).err).toBe('The endpoint is disabled; set its state to active first.')
  expect(await json(`enable ${id}`)).toMatchObject({ state: 'active', disabledReason: null })
  expect(await json(`retry ${tested.id}`)).toMatchObject({ state: 'pending', failures: 0 })
  expect(await json(`delete ${id}`)).toEqual({ id, url: 'https://new.example.com/in' })
  expect((await webhooks(`test ${id}`)).code).toBe(1)
})

it('deliveries are listed, and those of a time sent again', async () => {
  const { deliveries } = await json('deliveries 1 --limit 5')
  expect(deliveries).toHaveLength(5)
  expect((await webhooks('deliveries 1 --state failed')).out).toMatch(
    /monitor\.up +failed +8 +500 +The answer was 500\./,
  )
  expect((await webhooks('deliveries 2')).out).toBe('Nothing was sent to it.')
  const replayed = await json('replay 1 --since 2000-01-01T00:00:00Z --failed-only')
  expect(replayed).toEqual({ id: 1, count: 1, nextSince: null })
  expect((await webhooks('replay 1 --since 2000-01-01T00:00:00Z')).out).toBe('11 events are on the way.')
})

it.each([
  [['create', '--url', 'https://example.com/', '--event', 'lead.*', '--header', 'nothing'], '--header must be like'],
  [['replay', '1', '--since', 'yesterday'], '--since must be a time'],
  [['deliveries', '1', '--state', 'lost'], '--state must be pending, delivered or failed.'],
  [['rotate', 'x'], '<id> must be a number.'],
])('%j is not understood', async (argv, sentence) => {
  const { code, err } = await run('webhooks', ...argv, '--organization', 'omniforge')
  expect([code, err]).toEqual([2, expect.stringContaining(sentence)])
})

it('an address inside is refused in a sentence', async () => {
  const { code, err } = await webhooks('create --url http://169.254.169.254/ --event *')
  expect([code, err]).toEqual([1, 'url: must name a public host; private and reserved addresses are not called.'])
})
