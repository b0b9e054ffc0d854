import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { MASTER_KEY, NOWHERE } from '../../test/kit/app.ts'
import { type TestDatabase, testDatabase } from '../../test/kit/database.ts'
import { openApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { systemContext } from '../context.ts'
import { createLog } from '../log.ts'
import { openedUri } from '../platform/credentials/secrets.ts'
import { runCli } from './run.ts'

type Sealed = Parameters<typeof openedUri>[1]

const NEXT = randomBytes(32).toString('base64')
const ENTRIES = 16
const CREDENTIALS = 9
const BACKUPS = 10
const ENDPOINTS = 3

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'opsgraph-vault-'))
  expect((await run('demo --json')).code).toBe(0)
}, 60_000)
afterAll(async () => {
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

async function run(line: string, keys: Record<string, string> = { OPSGRAPH_MASTER_KEY: MASTER_KEY }) {
  const [out, err, watched]: string[][] = [[], [], []]
  const terminal = {
    out: (text: string) => void out!.push(text),
    err: (text: string) => void err!.push(text),
    progress: (text: string) => void watched!.push(text),
    input: async () => '',
  }
  const variables = { DATABASE_URL: database.url, OPSGRAPH_DATA: folder, OPSGRAPH_HIBP_URL: NOWHERE, ...keys }
  const code = await runCli(line.split(' '), variables, terminal)
  return { code, out: out!.join('\n'), err: err!.join('\n'), watched: watched! }
}

it('passwords that cannot be looked up are unknown', async () => {
  const { code, out, watched } = await run('vault check --organization omniforge --json')
  expect([code, JSON.parse(out)]).toEqual([0, { unknown: 14, safe: 0, breached: 0, breachedIds: [] }])
  expect([watched[0], watched.at(-1)]).toEqual(['looked up 1 row', 'looked up 14 rows'])
})

/** The whole URIs, by a process that has the new key alone. */
async function credentialsOpen(): Promise<number> {
  const variables = {
    OPSGRAPH_MASTER_KEY: NEXT,
    DATABASE_URL: database.url,
    OPSGRAPH_DATA: folder,
    LOG_LEVEL: 'silent',
  }
  const app = await openApp(readConfig(variables), createLog('silent'))
  try {
    const stored =
      'SELECT organization_id AS "organizationId", id, uri, wrapped_key AS "wrappedKey", key_id AS "keyId" FROM credential'
    const rows = await app.query<Sealed & { organizationId: number }>(stored, [])
    const uris = rows.map(({ organizationId, ...row }) =>
      openedUri({ ...systemContext(app, organizationId, 'test') }, row),
    )
    return uris.filter((uri) => /^[a-z+]+:\/\/.+:.+@/.test(uri)).length
  } finally {
    await app.close()
  }
}

it('what is kept secret is rewrapped batch by batch, and it says how far it is', async () => {
  const keys = { OPSGRAPH_MASTER_KEY: NEXT, OPSGRAPH_PREVIOUS_MASTER_KEY: MASTER_KEY }
  const { code, out, watched } = await run('vault rewrap --batch 10', keys)
  const all = ENTRIES + CREDENTIALS + ENDPOINTS + BACKUPS
  expect([code, out]).toEqual([0, expect.stringMatching(/^38 rows rewrapped for the master key [0-9a-f]{16}, 0 rows/)])
  const before = all - BACKUPS
  const steps = [10, ENTRIES, ENTRIES + CREDENTIALS, before, all]
  expect(watched).toEqual(steps.map((done) => `rewrapped ${done} of ${all} rows`))
  expect((await run('vault check --organization canary', { OPSGRAPH_MASTER_KEY: NEXT })).code).toBe(0)
  expect((await run('webhooks rotate 1 --organization omniforge', { OPSGRAPH_MASTER_KEY: NEXT })).code).toBe(0)
  expect(await credentialsOpen()).toBe(CREDENTIALS)
})

it.each([
  ['vault rewrap --batch 0', { OPSGRAPH_MASTER_KEY: MASTER_KEY }, 2, '--batch must be 1 to 10000.'],
  ['vault check', { OPSGRAPH_MASTER_KEY: MASTER_KEY }, 2, '--organization is missing.'],
  ['vault', { OPSGRAPH_MASTER_KEY: MASTER_KEY }, 2, 'vault needs a second word: vault rewrap, vault check.'],
  [
    'vault rewrap',
    { OPSGRAPH_MASTER_KEY: MASTER_KEY, OPSGRAPH_PREVIOUS_MASTER_KEY: MASTER_KEY },
    ...[1, 'OPSGRAPH_PREVIOUS_MASTER_KEY is the same as OPSGRAPH_MASTER_KEY; it names the key before it.'],
  ],
] as [string, Record<string, string>, number, string][])(
  '%s with %j is refused',
  async (line, keys, code, sentence) => {
    const refused = await run(line, keys)
    expect([refused.code, refused.err.split('\n')[0]]).toEqual([code, sentence])
  },
)
