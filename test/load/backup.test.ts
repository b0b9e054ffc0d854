import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { dataFolder } from '../crash/folder.ts'
import { found, Launched, onDatabase, type Variables } from '../crash/launch.ts'
import { ask } from '../crash/written.ts'
import { emptyDatabase, testDatabase } from '../kit/database.ts'

const ROWS = process.env.OPSGRAPH_HEAVY === 'true' ? 1_000_000 : 100_000
/** A heap in which the rows have no room, and what a process holds besides. */
const FLAGS = ['--max-semi-space-size=16', '--max-old-space-size=80', '--import', join(import.meta.dirname, 'peak.mjs')]
const MIB = 256
const LONG_MS = 600_000

const opened = new AsyncDisposableStack()
let variables: Variables
let folder: string

/** Words that do not shrink to nothing: as text the rows are about 100 MB. */
const FILL = `
  INSERT INTO request_log (organization_id, request_id, method, path, status, duration_ms, address, at)
  SELECT (SELECT min(id) FROM organization), md5(i::text), 'GET', (SELECT string_agg(md5((i * 31 + n)::text), '/') FROM generate_series(1, 28) AS n),
    200, 1.5, '127.0.0.1', timestamptz '2027-01-31 00:00Z' + i * interval '1 second'
  FROM generate_series(1, ${ROWS}) AS i`

beforeAll(async () => {
  const database = await testDatabase()
  opened.defer(() => database.drop())
  const data = opened.use(await dataFolder())
  folder = data.path
  variables = onDatabase(database.url, folder)
  await found(variables)
  await ask(database.url, FILL)
}, LONG_MS)
afterAll(() => opened.disposeAsync())

async function command(args: string[], place: Variables) {
  const from = performance.now()
  await using launched = new Launched([...args, '--json'], place, FLAGS)
  const { code, out, err } = await launched.ended
  const peak = Number(/peak (\d+) MiB/.exec(err)?.[1])
  console.log(`${args[0]} of ${ROWS} rows: ${Math.round(performance.now() - from) / 1000} s, ${peak} MiB`)
  expect([code, code === 0 ? '' : err]).toEqual([0, ''])
  expect(peak).toBeLessThan(MIB)
  return JSON.parse(out)
}

it(
  `an installation of ${ROWS} rows is written and brought back in little memory`,
  async () => {
    const file = join(folder, 'backup')
    const written = await command(['backup', file], variables)
    expect(written.rows).toBeGreaterThan(ROWS)
    expect((await stat(file)).size).toBe(written.bytes)
    const target = await emptyDatabase()
    opened.defer(() => target.drop())
    const back = await command(['restore', file], onDatabase(target.url, join(folder, 'other')))
    expect(back).toMatchObject({ verified: true, rows: written.rows })
    const counted = 'SELECT count(*)::int AS count FROM request_log'
    expect(await ask(target.url, counted)).toEqual([{ count: ROWS }])
  },
  LONG_MS,
)
