import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { MASTER_KEY } from '../../test/kit/app.ts'
import { type TestDatabase, testDatabase } from '../../test/kit/database.ts'
import { BEGINNING, sealOf } from '../audit/trail/chain.ts'
import { sealAudit } from '../audit/trail/seal.ts'
import { TenantPool } from '../db/tenant.ts'
import { runCli } from './run.ts'

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'opsgraph-audit-'))
  expect((await run('init --organization acme --name Acme --email owner@example.com')).code).toBe(0)
  for (const name of ['one', 'two', 'three'])
    expect((await run(`keys create --organization acme --family dashboard --name ${name} --admin`)).code).toBe(0)
})
afterAll(async () => {
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

async function run(line: string) {
  const [out, err]: string[][] = [[], []]
  const output = new PassThrough()
  const terminal = {
    out: (said: string) => void out!.push(said),
    err: (said: string) => void err!.push(said),
    input: async () => '',
    streams: { input: Readable.from([]), output },
  }
  const written = text(output)
  const variables = { DATABASE_URL: database.url, OPSGRAPH_DATA: folder, OPSGRAPH_MASTER_KEY: MASTER_KEY }
  const code = await runCli(line.split(' '), variables, terminal)
  output.end()
  return { code, out: out!.join('\n'), err: err!.join('\n'), written: await written }
}

async function seal(): Promise<number> {
  const pool = new TenantPool({ connectionString: database.url })
  return sealAudit(pool).finally(() => pool.end())
}

async function tamper(statement: string): Promise<void> {
  const client = new pg.Client(database.url)
  await client.connect()
  const walls = (wall: string, triggers: string) =>
    `ALTER TABLE audit_event ${wall} ROW LEVEL SECURITY, ${triggers} TRIGGER USER`
  await client.query(`${walls('NO FORCE', 'DISABLE')}; ${statement}; ${walls('FORCE', 'ENABLE')}`)
  await client.end()
}

type Line = {
  id: number
  position: number | null
  action: string
  previous_hash: string
  hash: string
  canonical: string
}
const linesOf = (written: string): Line[] =>
  written
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

it('a trail that holds is proved', async () => {
  const before = await run('audit verify --organization acme --json')
  const unsealed = JSON.parse(before.out).unsealed
  expect([before.code, unsealed]).toEqual([0, expect.any(Number)])
  expect(await seal()).toBe(unsealed)
  const { code, out, err } = await run('audit verify --organization acme')
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(
    new RegExp(`^The trail holds: ${unsealed} rows proved, 0 not sealed yet\\. Position \\d+ ends in [0-9a-f]{64}\\.$`),
  )
})

it('an export can be proved by whoever has it', async () => {
  const { code, err, written } = await run('audit export --organization acme')
  const lines = linesOf(written)
  expect([code, err]).toEqual([0, `${lines.length} rows exported.`])
  expect(lines.map(({ action }) => action)).toEqual(['organization.created', ...Array(4).fill('api_key.created')])
  let previous = BEGINNING
  for (const { previous_hash, hash, canonical } of lines) {
    expect(previous_hash).toBe(previous)
    expect(sealOf(previous, canonical)).toBe(hash)
    previous = hash
  }
})

it('an export goes into a file, as far as it was asked for', async () => {
  const file = join(folder, 'trail.jsonl')
  const { code, out } = await run(`audit export --organization acme --output ${file} --from 2020-01-01T00:00:00Z`)
  expect([code, out]).toEqual([0, `5 rows exported to ${file}.`])
  expect(linesOf(await readFile(file, 'utf8'))).toHaveLength(5)
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
  expect((await run('audit export --organization acme --to 2020-01-01T00:00:00Z')).written).toBe('')
})

it('a trail that does not hold fails, and the first row is named', async () => {
  const [, , third] = linesOf((await run('audit export --organization acme')).written)
  await tamper(`UPDATE audit_event SET actor_name = 'somebody else' WHERE id = ${third!.id}`)
  const sentence = `The trail does not hold: row ${third!.id} at position 3 is not what was sealed.`
  expect(await run('audit verify --organization acme')).toMatchObject({ code: 1, out: '', err: sentence })
  const { code, out, err } = await run('audit verify --organization acme --json')
  expect([code, err]).toEqual([1, sentence])
  const firstBroken = { id: String(third!.id), position: 3, reason: 'changed' }
  expect(JSON.parse(out)).toMatchObject({ valid: false, checked: 2, firstBroken })
})

it('another organization is not found', async () => {
  expect(await run('audit verify --organization nobody')).toMatchObject({
    code: 1,
    err: expect.stringContaining('nobody'),
  })
  expect(await run('audit export')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--organization is missing.'),
  })
})
