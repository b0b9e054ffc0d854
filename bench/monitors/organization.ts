import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../root.ts'
import { asSystem } from './simulation.ts'

const LEADS = 5000
const PLENTY = 'UPDATE api_key SET bucket_capacity = 1000000, bucket_refill_per_second = 100000'
const SALES = `
  INSERT INTO lead (organization_id, name, email, source)
  SELECT $1, 'Lead ' || n, 'lead-' || n || '@example.com', 'bench' FROM generate_series(1, $2::int) n`

type Made = { organization: { id: number }; key: { secret: string } }

/** An organization with something to ask for, and its admin's key with a bucket that is never empty. */
export async function found(url: string): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'opsgraph-monitors-'))
  const who = ['--organization', 'asked', '--name', 'Asked', '--email', 'owner@example.com', '--json']
  const env = {
    ...process.env,
    ...{ DATABASE_URL: url, OPSGRAPH_DATA: data, OPSGRAPH_MASTER_KEY: Buffer.alloc(32).toString('base64') },
  }
  const { stdout } = await promisify(execFile)(process.execPath, ['src/main.ts', 'init', ...who], { cwd: ROOT, env })
  await rm(data, { recursive: true, force: true })
  const { organization, key } = JSON.parse(stdout) as Made
  await asSystem(url, async (client) => {
    await client.query(PLENTY)
    await client.query(SALES, [organization.id, LEADS])
  })
  return key.secret
}
