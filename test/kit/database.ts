import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { inDatabase } from './cluster.ts'

export type TestDatabase = { url: string; drop(): Promise<void> }

async function run(statement: string): Promise<void> {
  const client = new pg.Client(inject('cluster').url)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** A database of one's own with every table and not a row, copied from the migrated template. */
export async function testDatabase(): Promise<TestDatabase> {
  const { url, template, prefix } = inject('cluster')
  const name = `${prefix}${randomBytes(6).toString('hex')}`
  await run(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`)
  return { url: inDatabase(url, name), drop: () => run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

/** A database of one's own without a table. */
export async function emptyDatabase(): Promise<TestDatabase> {
  const { url, prefix } = inject('cluster')
  const name = `${prefix}${randomBytes(6).toString('hex')}`
  await run(`CREATE DATABASE ${name} TEMPLATE template0`)
  return { url: inDatabase(url, name), drop: () => run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}
