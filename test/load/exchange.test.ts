import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dataFolder } from '../crash/folder.ts'
import { found, Launched, onDatabase, type Variables } from '../crash/launch.ts'
import { ask } from '../crash/written.ts'
import { testDatabase } from '../kit/database.ts'

const ROWS = process.env.OPSGRAPH_HEAVY === 'true' ? 100_000 : 10_000
const EVERY = 1000
const BAD = ROWS / EVERY
/** A heap in which neither the file nor its rows have room, and what a process holds besides. */
const FLAGS = ['--max-semi-space-size=16', '--max-old-space-size=80', '--import', join(import.meta.dirname, 'peak.mjs')]
const MIB = 256
const LONG_MS = 300_000

const opened = new AsyncDisposableStack()
let variables: Variables
let folder: string

beforeAll(async () => {
  const database = await testDatabase()
  opened.defer(() => database.drop())
  const data = opened.use(await dataFolder())
  folder = data.path
  variables = onDatabase(database.url, folder)
  await found(variables)
})
afterAll(() => opened.disposeAsync())

const notes = 'Port of rack-a-switch, "replaced" at the end of its warranty. '.repeat(2)

type Bad = (row: number) => boolean
const LAST: Bad = (row) => row === ROWS
const THOUSANDTH: Bad = (row) => row % EVERY === 0

function* lines(bad: Bad) {
  yield 'name,asset_type,serial_number,ip_address,custom_fields,notes\r\n'
  for (let i = 1; i <= ROWS; i += 1) {
    const address = bad(i) ? '10.0.0' : `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`
    yield `asset-${i},switch,SN-${i},${address},"{""shelf"": ${i}}","${notes.replaceAll('"', '""')}"\r\n`
  }
}

async function file(name: string, bad: Bad): Promise<string> {
  const path = join(folder, name)
  await pipeline(Readable.from(lines(bad)), createWriteStream(path))
  return path
}

async function command(...args: string[]) {
  const from = performance.now()
  await using launched = new Launched([...args, '--organization', 'acme', '--json'], variables, FLAGS)
  const { code, out, err } = await launched.ended
  const peak = Number(/peak (\d+) MiB/.exec(err)?.[1])
  const seconds = Math.round((performance.now() - from) / 100) / 10
  console.log(
    `${args[0]} ${args.slice(2).filter((arg) => arg.startsWith('--'))} of ${ROWS} rows: ${seconds} s, ${peak} MiB`,
  )
  return { code, out, err, peak }
}

const counted = async (table: string) =>
  Number((await ask<{ count: string }>(variables.DATABASE_URL!, `SELECT count(*) FROM ${table}`))[0]!.count)

async function rowsOf(path: string): Promise<number> {
  let rows = 0
  for await (const line of createInterface(createReadStream(path))) if (line !== '') rows += 1
  return rows
}

describe(`${ROWS} rows`, () => {
  it(
    'of which the last is bad are none of them imported atomically',
    async () => {
      const { code, out, peak } = await command('import', 'assets', await file('last.csv', LAST), '--atomic')
      expect(JSON.parse(out)).toMatchObject({ rows: ROWS, imported: 0, refused: 1, complete: true })
      expect(code).toBe(1)
      expect(peak).toBeLessThan(MIB)
      expect(await counted('asset')).toBe(0)
    },
    LONG_MS,
  )

  it(
    'are imported but for the bad ones, each with its event and audit row',
    async () => {
      const events = await counted('event')
      const { out, err, peak } = await command('import', 'assets', await file('bad.csv', THOUSANDTH))
      expect(JSON.parse(out)).toMatchObject({ rows: ROWS, imported: ROWS - BAD, refused: BAD, complete: true })
      expect(err.match(/line \d+: ip_address: must be an IPv4 or IPv6 address\./g)).toHaveLength(BAD)
      expect(err).toContain(`line ${EVERY + 1}: `)
      expect(peak).toBeLessThan(MIB)
      expect([await counted('asset'), (await counted('event')) - events]).toEqual([ROWS - BAD, ROWS - BAD])
    },
    LONG_MS,
  )

  it(
    'are exported',
    async () => {
      const path = join(folder, 'out.jsonl')
      const { code, peak } = await command('export', 'assets', '--output', path)
      expect(code).toBe(0)
      expect(peak).toBeLessThan(MIB)
      expect(await rowsOf(path)).toBe(ROWS - BAD)
    },
    LONG_MS,
  )
})
