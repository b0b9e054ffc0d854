import { hash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'
import { createBreaches } from './breaches.ts'
import { checkBreaches } from './check-breaches.ts'

const graph = testGraph()
const PASSWORD = 'hunter2 and more'
const digest = hash('sha1', PASSWORD, 'hex').toUpperCase()
const other = (nth: number) => `${hash('sha1', String(nth), 'hex').toUpperCase().slice(5)}:${nth + 1}`
const OTHERS = Array.from({ length: 20 }, (_, nth) => other(nth))

let server: Server
let heard: { url: string; body: string }[] = []
let answer: { status: number; text: string } = { status: 200, text: '' }

beforeAll(async () => {
  server = createServer(async (req, res) => {
    let body = ''
    for await (const chunk of req) body += String(chunk)
    heard.push({ url: req.url!, body })
    res.writeHead(answer.status).end(answer.text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server?.close())
beforeEach(() => {
  heard = []
})

const FOUND = { status: 200, text: [...OTHERS, `${digest.slice(5)}:4711`].join('\r\n') }
const CLEAN = { status: 200, text: [...OTHERS, `${'0'.repeat(35)}:0`].join('\r\n') }

function session() {
  const made = graph.as()
  made.ctx.breaches = createBreaches(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'test')
  return made
}

async function entry(password: string | null = PASSWORD): Promise<string> {
  const query = 'mutation ($input: CreatePasswordEntryInput!) { createPasswordEntry(input: $input) { id } }'
  const { data } = await graph.as().run(query, { input: { title: 'Mail', username: 'ada', password } })
  return data.createPasswordEntry.id
}

const CHECK = 'mutation ($id: ID!) { checkPasswordBreach(id: $id) { breachStatus breachCount lastBreachCheck } }'
const check = async (id: string) => (await session().run(CHECK, { id })).data?.checkPasswordBreach
const eventsOf = async (id: string) =>
  (await graph.trail()).events.filter(({ data }) => (data as { id: number }).id === Number(id))

it('a breached password marks its entry and is announced once', async () => {
  answer = FOUND
  const id = await entry()
  const marked = { breachStatus: 'BREACHED', breachCount: 4711, lastBreachCheck: '2026-05-23T11:42:00Z' }
  expect(await check(id)).toEqual(marked)
  expect(await check(id)).toEqual(marked)
  const events = await eventsOf(id)
  expect(events.map(({ type }) => type)).toEqual([
    ...['password_entry.created', 'password_entry.checked', 'vault.breach', 'password_entry.checked'],
  ])
  expect(events[2]?.data).toMatchObject({ id: Number(id), title: 'Mail', username: 'ada', breachCount: 4711 })
  expect(JSON.stringify(events.map(({ data }) => data))).not.toContain(PASSWORD)
})

it('no more than five characters of a hash leave', async () => {
  answer = CLEAN
  await check(await entry())
  expect(heard).toEqual([{ url: `/range/${digest.slice(0, 5)}?mode=sha1`, body: '' }])
})

it('a password that no breach has is safe', async () => {
  answer = CLEAN
  expect(await check(await entry())).toMatchObject({ breachStatus: 'SAFE', breachCount: 0 })
})

it.each([
  ['an error', { status: 503, text: 'later' }],
  ['a page of something else', { status: 200, text: '<html>Log in to this network</html>' }],
  ['nothing', { status: 200, text: '' }],
])('%s for an answer makes it unknown, never safe', async (_what, given) => {
  answer = CLEAN
  const id = await entry()
  expect(await check(id)).toMatchObject({ breachStatus: 'SAFE' })
  answer = given
  expect(await check(id)).toMatchObject({ breachStatus: 'UNKNOWN' })
})

it('a server that cannot be reached makes it unknown', async () => {
  const { data } = await graph.as().run(CHECK, { id: await entry() })
  expect(data.checkPasswordBreach).toEqual({ breachStatus: 'UNKNOWN', breachCount: null, lastBreachCheck: null })
})

it('an outage does not unmark a breached entry, another password does', async () => {
  answer = FOUND
  const id = await entry()
  await check(id)
  answer = { status: 500, text: '' }
  expect(await check(id)).toMatchObject({ breachStatus: 'BREACHED' })
  const update =
    'mutation ($id: ID!, $input: UpdatePasswordEntryInput!) { updatePasswordEntry(id: $id, input: $input) { breachStatus lastBreachCheck } }'
  const { data } = await graph.as().run(update, { id, input: { password: 'another one' } })
  expect(data.updatePasswordEntry).toEqual({ breachStatus: 'UNKNOWN', lastBreachCheck: null })
})

it('a password that changes while it is looked up is not marked', async () => {
  answer = FOUND
  const id = await entry()
  const caller = session()
  const { breaches } = caller.ctx
  caller.ctx.breaches = {
    timesSeen: async (password) => {
      const update =
        'mutation ($id: ID!, $input: UpdatePasswordEntryInput!) { updatePasswordEntry(id: $id, input: $input) { id } }'
      await graph.as().run(update, { id, input: { password: 'changed meanwhile' } })
      return breaches.timesSeen(password)
    },
  }
  const { errors } = await caller.run(CHECK, { id })
  expect(errors?.[0]?.extensions.code).toBe('CONFLICT')
  expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['password_entry.created', 'password_entry.updated'])
})

it('an entry without a password cannot be looked up, nor another organization’s', async () => {
  const { errors } = await session().run(CHECK, { id: await entry(null) })
  expect(errors?.[0]?.extensions.code).toBe('CONFLICT')
  const id = await entry()
  const theirs = await graph.as({ organization: 'b' }).run(CHECK, { id })
  expect(theirs.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
  expect(heard).toEqual([])
})

it('all passwords of an organization are looked up, but for those that were lately', async () => {
  const query = 'mutation ($input: CreatePasswordEntryInput!) { createPasswordEntry(input: $input) { id } }'
  const made = async (password: string | null) => {
    const { data } = await graph.as({ organization: 'b' }).run(query, { input: { title: 'b', password } })
    return Number(data.createPasswordEntry.id)
  }
  const [bad] = [await made(PASSWORD), await made('not in any breach'), await made(null)]
  answer = FOUND
  const { ctx } = graph.as({ organization: 'b' })
  ctx.breaches = session().ctx.breaches
  expect(await checkBreaches(ctx)).toEqual({ safe: 1, breached: 1, unknown: 0, breachedIds: [bad] })
  expect(await checkBreaches(ctx, { since: ctx.clock.now() })).toMatchObject({ safe: 0, breached: 0 })
  const { events } = await graph.trail('b')
  expect(events.filter(({ type }) => type === 'vault.breach')).toHaveLength(1)
})
