import pg from 'pg'
import { openEmbedded } from '../../src/db/embedded.ts'

const WRITERS = 8

/** One row per transaction, its name printed once PostgreSQL has acknowledged it; runs until it is killed. */
async function write(url: string, name: string): Promise<never> {
  const client = new pg.Client(url)
  await client.connect()
  for (let row = 0; ; row += 1) {
    await client.query('INSERT INTO written (name) VALUES ($1)', [`${name}-${row}`])
    process.stdout.write(`${name}-${row}\n`)
  }
}

const [folder, round] = process.argv.slice(2) as [string, string]
const { url } = await openEmbedded(folder)
const client = new pg.Client(url)
await client.connect()
await client.query('CREATE TABLE IF NOT EXISTS written (name text NOT NULL)')
await client.end()
await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(url, `${round}-${writer}`)))
