import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { dropDatabase, inDatabase } from './cluster.ts'

export type TestDatabase = { url: string; drop(): Promise<void> }

async function run(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client(inject('cluster').url)
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

const drop = (name: string) => run((client) => dropDatabase(client, name))

/** A database of one's own with every table and not a row, copied from the migrated template. */
export async function testDatabase(): Promise<TestDatabase> {
  const { url, template, prefix } = inject('cluster')
  const name = `${prefix}${randomBytes(6).toString('hex')}`
  await run((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`))
  return { url: inDatabase(url, name), drop: () => drop(name) }
}

/** A database of one's own without a table. */
export async function emptyDatabase(): Promise<TestDatabase> {
  const { url, prefix } = inject('cluster')
  const name = `${prefix}${randomBytes(6).toString('hex')}`
  await run((client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0`))
  return { url: inDatabase(url, name), drop: () => drop(name) }
}
