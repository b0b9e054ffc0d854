import { spawn } from 'node:child_process'
import { readFile, readlink, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { dataFolder } from '../../test/crash/folder.ts'
import { openEmbedded } from './embedded.ts'

const DATA = 'postgres/data'
const record = (folder: string) => join(folder, DATA, 'postmaster.pid')
const pidOf = async (folder: string): Promise<number> => Number.parseInt(await readFile(record(folder), 'utf8'), 10)
const isStopped = (folder: string) =>
  stat(record(folder)).then(
    () => false,
    () => true,
  )

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  await client.connect()
  return client.query(text).then(({ rows }) => client.end().then(() => rows))
}

test('two first starts at the same moment share one database', async () => {
  await using folder = await dataFolder()
  const [one, two] = await Promise.all([openEmbedded(folder.path), openEmbedded(folder.path)])
  await query(one.url, 'CREATE TABLE seen AS SELECT 7 AS n')
  expect(await query(two.url, 'SELECT n FROM seen')).toEqual([{ n: 7 }])
  await Promise.all([one.stop(), two.stop()])
  expect(await isStopped(folder.path)).toBe(true)
})

test('the last one who stops, stops the server', async () => {
  await using folder = await dataFolder()
  const one = await openEmbedded(folder.path)
  const two = await openEmbedded(folder.path)
  await one.stop()
  expect(await query(two.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
  await two.stop()
  expect(await isStopped(folder.path)).toBe(true)
})

test('one who opens while another stops is served', async () => {
  await using folder = await dataFolder()
  const one = await openEmbedded(folder.path)
  await query(one.url, 'CREATE TABLE seen AS SELECT 7 AS n')
  const [, two] = await Promise.all([one.stop(), openEmbedded(folder.path)])
  expect(await query(two.url, 'SELECT n FROM seen')).toEqual([{ n: 7 }])
  await two.stop()
})

test('a server that dies while it is in use comes back at the same address', async () => {
  await using folder = await dataFolder()
  const lines: string[] = []
  const { promise: back, resolve } = Promise.withResolvers<void>()
  const database = await openEmbedded(folder.path, (line) => {
    lines.push(line)
    if (line === 'the database is back') resolve()
  })
  await query(database.url, 'CREATE TABLE seen AS SELECT 7 AS n')
  process.kill(await pidOf(folder.path), 'SIGKILL')
  await back
  expect(await query(database.url, 'SELECT n FROM seen')).toEqual([{ n: 7 }])
  expect(lines).toContain('the database went away')
  await database.stop()
})

test('a record whose process number a stranger now has does not keep the server from starting', async () => {
  await using folder = await dataFolder()
  const first = await openEmbedded(folder.path)
  const lines = (await readFile(record(folder.path), 'utf8')).split('\n')
  await first.stop()
  const { uid, gid } = await stat(join(folder.path, DATA))
  const stranger = spawn('tail', ['-f', '/dev/null'], { uid, gid })
  await writeFile(record(folder.path), [stranger.pid, ...lines.slice(1)].join('\n'), { mode: 0o644 })
  const second = await openEmbedded(folder.path)
  expect(await query(second.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
  await second.stop()
  stranger.kill()
})

test('a data folder of another PostgreSQL is refused in a sentence', async () => {
  await using folder = await dataFolder()
  await (await openEmbedded(folder.path)).stop()
  await writeFile(join(folder.path, DATA, 'PG_VERSION'), '17\n')
  await expect(openEmbedded(folder.path)).rejects.toThrow(
    /was made by PostgreSQL 17, and this Opsgraph brings 18: restore a backup/,
  )
})

test('nobody enters without the password, and the password file is private', async () => {
  await using folder = await dataFolder()
  const database = await openEmbedded(folder.path)
  const stranger = new URL(database.url)
  stranger.password = 'guessed'
  await expect(query(stranger.href, 'SELECT 1')).rejects.toThrow('password authentication failed')
  expect((await stat(join(folder.path, 'postgres/password'))).mode & 0o777).toBe(0o600)
  await database.stop()
})

test('text is ordered and time is told the same on every machine', async () => {
  await using folder = await dataFolder()
  const database = await openEmbedded(folder.path)
  const settings =
    "SELECT datlocprovider, datlocale, current_setting('TimeZone') AS zone, current_setting('fsync') AS fsync FROM pg_database WHERE datname = current_database()"
  expect(await query(database.url, settings)).toEqual([
    { datlocprovider: 'b', datlocale: 'C.UTF-8', zone: 'UTC', fsync: 'on' },
  ])
  await database.stop()
})

test.runIf(process.getuid?.() === 0)('a data folder closed to the unprivileged server works, by a link', async () => {
  await using folder = await dataFolder(0o700)
  const lines: string[] = []
  const first = await openEmbedded(folder.path, (line) => lines.push(line))
  await query(first.url, 'CREATE TABLE seen AS SELECT 7 AS n')
  await first.stop()
  const link = await readlink(join(folder.path, 'postgres'))
  expect(lines[0]).toContain(link)
  const second = await openEmbedded(folder.path)
  expect(await query(second.url, 'SELECT n FROM seen')).toEqual([{ n: 7 }])
  await second.stop()
})
