import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MASTER_KEY, type TestApp, testApp } from '../../test/kit/app.ts'
import { Envelope, masterKey } from '../core/envelope.ts'
import { loadDemo } from '../demo/load.ts'
import { startServing } from '../serve.ts'
import { missingKey, unknownKeys } from './unknown-keys.ts'

const base64 = (byte: number) => Buffer.alloc(32, byte).toString('base64')
const [OTHER, THIRD] = [base64(8), base64(9)]
/** But for keys that sign: there are none yet. */
const SEALED = ['password_entry', 'credential', 'webhook_endpoint', 'backup_run']
const USED = masterKey(MASTER_KEY).id

let kit: TestApp
let entries = 0
beforeAll(async () => {
  kit = await testApp()
  await loadDemo(kit.app)
  const count = SEALED.map((table) => `(SELECT count(*) FROM ${table})`).join(' + ')
  const [counted] = await kit.app.query<{ rows: number }>(`SELECT (${count})::int AS rows`, [])
  entries = counted!.rows
})
afterAll(() => kit?.drop())

const unknownTo = (...keys: string[]) => {
  const [current, ...previous] = keys.map(masterKey)
  return unknownKeys({ query: kit.app.query, envelope: new Envelope(current!, previous) })
}

describe('master keys that a process was not given', () => {
  it('are none while it has the one in use, as the present key or the one before', async () => {
    expect(await unknownTo(MASTER_KEY)).toEqual([])
    expect(await unknownTo(OTHER, MASTER_KEY)).toEqual([])
  })

  it('are told with the number of rows of all organizations, each by itself', async () => {
    expect(await unknownTo(OTHER)).toEqual([{ keyId: USED, rows: entries }])
    await kit.app.query(`UPDATE password_entry SET key_id = $1 WHERE id = 1`, [masterKey(THIRD).id])
    const both = [
      { keyId: USED, rows: entries - 1 },
      { keyId: masterKey(THIRD).id, rows: 1 },
    ].sort((a, b) => (a.keyId < b.keyId ? -1 : 1))
    expect(await unknownTo(OTHER)).toEqual(both)
    expect(await unknownTo(MASTER_KEY)).toEqual([{ keyId: masterKey(THIRD).id, rows: 1 }])
    await kit.app.query(`UPDATE password_entry SET key_id = $1 WHERE id = 1`, [USED])
  })

  it('are told one by one in a sentence with the remedy', () => {
    expect(missingKey({ keyId: 'f00d', rows: 1 }, 'cafe')).toMatch(
      /^1 row with secrets is encrypted by the master key f00d, .+ as OPSGRAPH_MASTER_KEY; .+\(cafe\), .+ as OPSGRAPH_PREVIOUS_MASTER_KEY, and run: opsgraph vault rewrap\.$/,
    )
  })
})

describe('a start', () => {
  async function said(variables: object): Promise<string[]> {
    const lines: string[] = []
    const serving = await startServing({ ...kit.config, ...variables }, (line) => lines.push(line))
    const { status } = await fetch(`${serving.url}/readyz`)
    await serving.stop()
    expect(status).toBe(200)
    return lines
  }

  it('without the key of the vault says so, and serves what is not in the vault', async () => {
    const present = masterKey(OTHER).id
    expect(await said({ masterKey: OTHER })).toEqual([missingKey({ keyId: USED, rows: entries }, present)])
  })

  it('with it says nothing', async () => {
    expect(await said({})).toEqual([])
    expect(await said({ masterKey: OTHER, previousMasterKey: MASTER_KEY })).toEqual([])
  })
})
