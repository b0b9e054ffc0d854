import { randomUUID } from 'node:crypto'
import { AppError } from '../../core/errors.ts'
import { connected } from '../../db/connected.ts'

const config = (url: string) => ({ connectionString: url, application_name: 'opsgraph backup', keepAlive: true })

const named = (url: string, database: string): string => {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.href
}

function refusal(cause: unknown): unknown {
  if ((cause as { code?: string }).code !== '42501') return cause
  const sentence =
    'Verifying a backup restores it into a database made for that, and this role may not make one. As a superuser, run once: ALTER ROLE … CREATEDB. Or restore it into an empty database by hand.'
  return new AppError('FORBIDDEN', sentence, {}, { cause })
}

/** A database that is there for this work only, on the same server. */
export async function inScratch<T>(url: string, work: (scratch: string) => Promise<T>): Promise<T> {
  const name = `opsgraph_verify_${randomUUID().replaceAll('-', '')}`
  const run = (statement: string) => connected(config(url), (client) => client.query(statement))
  await run(`CREATE DATABASE ${name} TEMPLATE template0`).catch((error: unknown) => {
    throw refusal(error)
  })
  try {
    return await work(named(url, name))
  } finally {
    await run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  }
}
