import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { MASTER_KEY } from '../../test/kit/app.ts'
import { type TestDatabase, testDatabase } from '../../test/kit/database.ts'
import { VERSION } from '../version.ts'
import { runCli } from './run.ts'

let database: TestDatabase
let folder: string
let environment: Record<string, string>

beforeAll(async () => {
  database = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'opsgraph-cli-'))
  environment = { DATABASE_URL: database.url, OPSGRAPH_DATA: folder, OPSGRAPH_MASTER_KEY: MASTER_KEY, PORT: '0' }
})
afterAll(async () => {
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

async function run(line: string, { input = '', variables = environment } = {}) {
  const printed: string[] = []
  const said: string[] = []
  const terminal = {
    out: (text: string) => printed.push(text),
    err: (text: string) => said.push(text),
    input: async () => input,
  }
  const code = await runCli(line.split(' ').filter(Boolean), variables, terminal)
  return { code, out: printed.join('\n'), err: said.join('\n') }
}
const json = async (line: string) => {
  const { code, out, err } = await run(`${line} --json`)
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out)
}

it('tells its version', async () => {
  expect(await run('--version')).toEqual({ code: 0, out: VERSION, err: '' })
})

it.each(['help', '--help', '-h'])('%s lists every command', async (asked) => {
  const { code, out } = await run(asked)
  expect(code).toBe(0)
  for (const name of [
    'serve',
    'demo',
    'init',
    'keys list',
    'keys create',
    'keys update',
    'keys rotate',
    'keys revoke',
    'migrate',
    'contract',
  ])
    expect(out).toContain(`  ${name} `)
})

it.each(['keys create --help', 'help keys create', 'init --help'])('%s tells what the command takes', async (asked) => {
  const { code, out } = await run(asked)
  expect(code).toBe(0)
  expect(out).toMatch(/Usage: opsgraph (keys create|init) --organization <slug>/)
  expect(out).toContain('--json')
})

it('keys --help tells about all five', async () => {
  expect((await run('keys --help')).out.match(/^Usage: opsgraph keys \w+/gm)).toHaveLength(5)
})

it.each([
  ['', 'A command is missing.'],
  ['frobnicate', 'There is no command frobnicate.'],
  ['keys', 'keys needs a second word: keys list, keys create, keys update, keys rotate, keys revoke.'],
  ['keys list', '--organization is missing.'],
  ['keys rotate --organization a', '<id> is missing.'],
  ['keys update 1 --organization a', 'Give at least one of --name, --bucket-capacity and --bucket-refill.'],
  ['keys update 1 --organization a --bucket-capacity many', '--bucket-capacity must be a whole number.'],
  ['keys revoke x --organization a', '<id> must be a number.'],
  ['keys list --organization a --nonsense', "Unknown option '--nonsense'"],
  ['migrate now', 'now is one argument too many.'],
])('“%s” is not understood, and says so', async (line, sentence) => {
  const { code, out, err } = await run(line)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(sentence)
  expect(err).toMatch(/\nTry: opsgraph .*--help$/)
})

it('a wrong setting is named with its remedy', async () => {
  const { code, err } = await run('migrate', { variables: { PORT: '99999', LOG_LEVEL: 'loud' } })
  expect(code).toBe(1)
  expect(err).toMatch(/^PORT must be 0 to 65535\.\nLOG_LEVEL must be one of /)
})

it('a database that does not answer is a sentence, not a stack', async () => {
  const DATABASE_URL = 'postgresql://nobody@127.0.0.1:1/none'
  const { code, err } = await run('migrate', { variables: { ...environment, DATABASE_URL } })
  expect([code, err]).toEqual([
    1,
    'The database does not answer. Start it, or correct its address. Look at DATABASE_URL.',
  ])
})

it('migrate tells that there is nothing to do', async () => {
  expect(await json('migrate')).toEqual({ applied: [] })
  expect((await run('migrate')).out).toBe('The database is up to date.')
})

it('an unknown organization is refused with what to do', async () => {
  const { code, err } = await run('keys list --organization acme')
  expect(code).toBe(1)
  expect(err).toBe('There is no organization acme. There is none yet; create one with: opsgraph init.')
})

it('init makes an organization whose admin key works; its password is kept as a hash', async () => {
  const line = 'init --organization acme --name Acme --email Owner@Example.com --password-stdin'
  const short = await run(line, { input: 'short\n' })
  expect([short.code, short.err]).toEqual([1, 'password: must be at least 12 characters long.'])
  const { code, out } = await run(`${line} --json`, { input: 'correct horse battery\n' })
  expect(code).toBe(0)
  const made = JSON.parse(out)
  expect(made).toMatchObject({ organization: { slug: 'acme', name: 'Acme' }, owner: { email: 'owner@example.com' } })
  expect(made.key.secret).toMatch(/^dsk_[0-9A-Za-z]{38}$/)
  const again = await run(line, { input: 'correct horse battery' })
  expect([again.code, again.err]).toEqual([1, 'There is already an organization with the slug acme; choose another.'])
})

it('keys are made, listed, rotated and revoked', async () => {
  const made = await json(
    'keys create --organization acme --name Reports --family devsphere --scope leads:read --scope invoices:read',
  )
  expect(made).toMatchObject({ name: 'Reports', secret: expect.stringMatching(/^dvs_live_/) })
  const rotated = await json(`keys rotate ${made.id} --organization acme --overlap 60`)
  expect(rotated.id).toBe(made.id)
  expect(rotated.secret).not.toBe(made.secret)
  const listed = await run('keys list --organization acme')
  expect(listed.out).toMatch(
    /Reports +devsphere +dvs_live_\w{12}… +leads:read invoices:read +owner@example\.com +120, 2\/s +– +valid/,
  )
  expect(listed.out).not.toContain(rotated.secret)
  expect((await run(`keys revoke ${made.id} --organization acme`)).out).toBe(`Key ${made.id} (Reports) is revoked.`)
  const { keys } = await json('keys list --organization acme')
  expect(keys.find(({ id }: { id: number }) => id === made.id).revokedAt).not.toBeNull()
  const late = await run(`keys rotate ${made.id} --organization acme`)
  expect([late.code, late.err]).toEqual([1, 'This key is revoked; create another one.'])
})

it('keys have a limit of their own from their making or from a change, and the family’s again', async () => {
  const limit = '--bucket-capacity 7 --bucket-refill 0.25'
  const { id } = await json(`keys create --organization acme --name Limited --family dashboard --scope apps ${limit}`)
  const listed = async () => {
    const { keys } = await json('keys list --organization acme')
    const found = keys.find((key: { id: number }) => key.id === id)
    return [found.name, found.bucketCapacity, found.bucketRefillPerSecond]
  }
  expect(await listed()).toEqual(['Limited', 7, '0.25'])
  const wider = await run(`keys update ${id} --organization acme --bucket-capacity 500`)
  expect([wider.code, wider.out]).toEqual([0, `Key ${id} (Limited) is limited to 500, 0.25/s.`])
  expect((await run('keys list --organization acme')).out).toMatch(/Limited +dashboard .+ +500, 0\.25\/s +– +valid/)
  const usual = '--name Usual --bucket-capacity default --bucket-refill default'
  expect(await json(`keys update ${id} --organization acme ${usual}`)).toEqual({
    ...{ id, name: 'Usual', bucketCapacity: 100, bucketRefillPerSecond: '1' },
  })
  expect(await listed()).toEqual(['Usual', 100, '1'])
})

it.each([
  ['--bucket-capacity 0', 'bucketCapacity: must be at least 1.'],
  ['--bucket-capacity 1000001', 'bucketCapacity: must be at most 1000000.'],
  ['--bucket-refill 0', 'bucketRefillPerSecond: must be more than 0 and less than 1000000'],
  ['--bucket-refill 1e3', 'bucketRefillPerSecond: must be more than 0 and less than 1000000'],
  ['--bucket-refill 0.0001', 'at most 3 digits after the point.'],
])('keys update %s is refused in a sentence', async (options, sentence) => {
  const { code, err } = await run(`keys update 1 --organization acme ${options}`)
  expect(code).toBe(1)
  expect(err).toContain(sentence)
})

it.each([
  ['--family devsphere --scope apps', 'A devsphere key has no scope apps. Valid ones: leads:read,'],
  ['--family dashboard --scope apps --owner nobody@example.com', 'Nobody in this organization has the address'],
  ['--family dashboard --scope apps --expires tomorrow', '--expires must be a time like'],
])('keys create %s is refused in a sentence', async (options, sentence) => {
  const { code, err } = await run(`keys create --organization acme --name x ${options}`)
  expect(code).toBeGreaterThan(0)
  expect(err).toContain(sentence)
})

it('demo refuses a database that is in use', async () => {
  const { code, err } = await run('demo')
  expect(code).toBe(1)
  expect(err).toMatch(
    /^This database already has the organization acme; demonstration data goes into an empty one only\./,
  )
})

it('demo fills an empty database and writes its credentials down', async () => {
  const empty = await testDatabase()
  try {
    const variables = { ...environment, DATABASE_URL: empty.url, PORT: '4123' }
    const { code, out, err } = await run('demo', { variables })
    expect([code, err]).toEqual([0, ''])
    const written = JSON.parse(await readFile(join(folder, 'demo.json'), 'utf8'))
    expect(written.baseUrl).toBe('http://127.0.0.1:4123')
    for (const { token } of written.organizations[0].keys) expect(out).toContain(token)
  } finally {
    await empty.drop()
  }
})

async function addressIn(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const url = /"url": "(http:[^"]+)"/.exec(line)?.[1]
    if (url) return url
  }
  throw new Error('The server ended without naming its address.')
}

it('serve answers until it is told to stop, then ends with 0', async () => {
  const main = join(import.meta.dirname, '../main.ts')
  const env = { ...process.env, ...environment, LOG_LEVEL: 'silent' }
  const child = spawn(process.execPath, [main, 'serve', '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  onTestFinished(() => void child.kill('SIGKILL'))
  const url = await addressIn(createInterface(child.stdout))
  expect((await fetch(`${url}/livez`)).status).toBe(200)
  child.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
})

it('the program runs under whatever Node the machine has', async () => {
  const program = join(import.meta.dirname, 'opsgraph.mjs')
  const child = spawn(process.execPath, [program, '--version'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  onTestFinished(() => void child.kill('SIGKILL'))
  expect(await text(child.stdout)).toBe(`${VERSION}\n`)
  expect(await exited).toEqual([0, null])
})
