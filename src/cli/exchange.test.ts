import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { MASTER_KEY } from '../../test/kit/app.ts'
import { type TestDatabase, testDatabase } from '../../test/kit/database.ts'
import { runCli } from './run.ts'

let database: TestDatabase
let folder: string
let environment: Record<string, string>

beforeAll(async () => {
  database = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'opsgraph-exchange-'))
  environment = { DATABASE_URL: database.url, OPSGRAPH_DATA: folder, OPSGRAPH_MASTER_KEY: MASTER_KEY }
  const made = await run(['init', '--organization', 'acme', '--name', 'Acme', '--email', 'owner@example.com'])
  expect(made.code).toBe(0)
})
afterAll(async () => {
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

async function run(args: readonly string[], stdin = '') {
  const [out, err, watched]: string[][] = [[], [], []]
  const output = new PassThrough()
  const terminal = {
    out: (line: string) => void out!.push(line),
    err: (line: string) => void err!.push(line),
    progress: (line: string) => void watched!.push(line),
    input: async () => stdin,
    streams: { input: Readable.from([Buffer.from(stdin)]), output },
  }
  const written = text(output)
  const code = await runCli(args, environment, terminal)
  output.end()
  return { code, out: out!.join('\n'), err: err!.join('\n'), watched: watched!, written: await written }
}

const ACME = ['--organization', 'acme']

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const exported = async (what = 'assets') => (await run(['export', what, ...ACME, '--format', 'jsonl'])).written
const names = async () =>
  (await exported())
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).name)

describe('import', () => {
  it('adds the rows of a file, shows how far it is, and says what became of them', async () => {
    const path = await file('good.csv', 'name,asset_type\na,switch\nb,server\n')
    const { code, out, err, watched } = await run(['import', 'assets', path, ...ACME])
    expect([code, out, err]).toEqual([0, '2 rows read: 2 imported, 0 refused.', ''])
    expect(watched).toEqual(['[########################] 100 %  2 rows'])
    expect(await names()).toEqual(['a', 'b'])
  })

  it('reads standard input, and tells the format by what it reads', async () => {
    const { code, out } = await run(['import', 'vehicles', '-', ...ACME, '--json'], '{"name": "Van", "make": "Ford"}\n')
    expect([code, JSON.parse(out)]).toEqual([
      0,
      {
        ...{ rows: 1, imported: 1, refused: 0, ignored: [], complete: true },
        ...{ interrupted: false, atomic: false, dryRun: false, problems: [] },
      },
    ])
    expect(JSON.parse(await exported('vehicles'))).toMatchObject({ name: 'Van', make: 'Ford' })
  })

  it('tells each problem with its line, keeps the good rows, and ends with 1', async () => {
    const path = await file('mixed.csv', 'name,ip_address\nc,10.0.0.1\nd,nowhere\n,10.0.0.2\n')
    const { code, out, err } = await run(['import', 'assets', path, ...ACME])
    expect([code, out]).toEqual([1, '3 rows read: 1 imported, 2 refused.'])
    expect(err.split('\n')).toEqual([
      'line 3: ip_address: must be an IPv4 or IPv6 address.',
      'line 4: name: must not be null.',
      '2 rows refused; see above.',
    ])
    expect(await names()).toEqual(['a', 'b', 'c'])
  })

  it.each([
    ['--atomic', '3 rows read: 0 imported, 2 refused.', '2 rows refused; see above. Nothing was imported.'],
    ['--dry-run', '3 rows read: 1 would be imported, 2 refused.', '2 rows refused; see above.'],
  ])('keeps nothing with %s', async (option, said, last) => {
    const { code, out, err } = await run(['import', 'assets', join(folder, 'mixed.csv'), ...ACME, option])
    expect([code, out, err.split('\n').at(-1)]).toEqual([1, said, last])
    expect(await names()).toEqual(['a', 'b', 'c'])
  })

  it('says which columns it ignored', async () => {
    const path = await file('ignored.csv', 'id,name,created_at\n7,e,2020-01-01T00:00:00Z\n')
    const { out } = await run(['import', 'assets', path, ...ACME, '--dry-run'])
    expect(out).toBe(
      '1 row read: 1 would be imported, 0 refused.\nIgnored, because the server alone writes them: id, created_at.',
    )
  })

  it.each([
    [['-', ...ACME, '--format', 'xml'], 2, '--format must be one of csv, json, jsonl.'],
    [ACME, 2, '<file> is missing.'],
    [['x.csv'], 2, '--organization is missing.'],
    [['/nowhere/x.csv', ...ACME], 1, 'There is no file /nowhere/x.csv.'],
    [['-', '--organization', 'nobody'], 1, 'There is no organization nobody. Known: acme.'],
    [['-', ...ACME, '--format', 'json'], 1, 'Standard input is not an array of JSON objects.'],
  ])('%j is refused in a sentence', async (args, code, sentence) => {
    const refused = await run(['import', 'assets', ...args], 'name,colour\n')
    expect([refused.code, refused.err.split('\n')[0]]).toEqual([code, sentence])
  })

  it('names the columns that there are', async () => {
    const path = await file('colour.csv', 'name,colour\na,b\n')
    const { err } = await run(['import', 'assets', path, ...ACME])
    expect(err).toMatch(
      /colour\.csv has the column "colour", which is not a column here; the valid ones are name, asset_type, /,
    )
  })
})

describe('export', () => {
  it('writes a table to standard output, and nothing else there', async () => {
    const { code, out, err, written } = await run(['export', 'assets', ...ACME])
    expect([code, out, err]).toEqual([0, '', '3 rows exported.'])
    expect(written.split('\r\n').map((line) => line.split(',')[1])).toEqual(['name', 'a', 'b', 'c', undefined])
  })

  it('writes a file under its own name when it is whole, in the format that the name tells', async () => {
    const path = join(folder, 'out.json')
    const { code, out, written } = await run(['export', 'assets', ...ACME, '--output', path])
    expect([code, out, written]).toEqual([0, `3 rows exported to ${path}.`, ''])
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject([{ name: 'a' }, { name: 'b' }, { name: 'c' }])
    const again = await run(['import', 'assets', path, ...ACME, '--dry-run'])
    expect(again.out).toMatch(/^3 rows read: 3 would be imported, 0 refused\./)
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('that cannot be written is told', async () => {
    const { code, err } = await run(['export', 'assets', ...ACME, '--output', '/nowhere/out.csv'])
    expect(code).toBe(1)
    expect(err).toContain('/nowhere/out.csv')
  })
})

const MAIN = join(import.meta.dirname, '../main.ts')

function launched(args: readonly string[]) {
  const env = { ...process.env, ...environment, LOG_LEVEL: 'silent' }
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: 'pipe' })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = once(child, 'close')
  return { child, ended, err: text(child.stderr) }
}

it('an import that waits for more is interrupted, leaves whole batches, and says where it stopped', async () => {
  const { child, ended, err } = launched(['import', 'vehicles', '-', ...ACME, '--json'])
  const out = text(child.stdout)
  child.stdin.write(['name,color', ...Array.from({ length: 1300 }, (_, i) => `v${i},waiting`)].join('\n'))
  const kept = async () => (await exported('vehicles')).split('"waiting"').length - 1
  await expect.poll(kept, { timeout: 15_000 }).toBe(1000)
  child.kill('SIGINT')
  child.kill('SIGINT')
  expect(await ended).toEqual([1, null])
  expect(JSON.parse(await out)).toMatchObject({ rows: 1000, imported: 1000, complete: false, interrupted: true })
  expect(await err).toMatch(/Interrupted: rows up to line 1001 are done, the rest is not\.\n$/)
  expect(await kept()).toBe(1000)
}, 30_000)

it('whoever has read enough of an export may close it', async () => {
  const { child, ended, err } = launched(['export', 'vehicles', ...ACME])
  await once(child.stdout, 'readable')
  child.stdout.destroy()
  expect([await ended, await err]).toEqual([[0, null], ''])
})
