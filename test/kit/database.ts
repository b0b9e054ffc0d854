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

/** Whoever tests that the database itself is killed starts one of their own: this one's commits need not wait for the disk. */
const fleeting = (client: pg.Client, name: string) =>
  client.query(`ALTER DATABASE ${name} SET synchronous_commit = off`)

/** A database of one's own with every table and not a row, copied from the migrated template. */
export async function testDatabase(): Promise<TestDatabase> {
  const { url, template, prefix } = inject('cluster')
  const name = `${prefix}${randomBytes(6).toString('hex')}`
  await run(async (client) => {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`)
    await fleeting(client, name)
  })
  return { url: inDatabase(url, name), drop: () => drop(name) }
}

/** A database of one's own without a table. */
export async function emptyDatabase(): Promise<TestDatabase> {
  const { url, prefix } = inject('cluster')
  const name = `${prefix}${randomBytes(6).toString('hex')}`
  await run((client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0`))
  return { url: inDatabase(url, name), drop: () => drop(name) }
}
