import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { SystemQuery } from '../db/tenant.ts'
import { notifyAccess } from './credential-cache.ts'

export const LISTENER = 'opsgraph listen'
const HEARD = 'opsgraph_heard'
const PREFIX = 'echo:'
const PATIENCE_MS = 2000

const LISTENERS = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1`

export const isEcho = (payload: string): boolean => payload.startsWith(PREFIX)

/** Each process answers what it heard, on the connection's own order: after everything that was said before. */
export const answerEcho = (query: SystemQuery) => (payload: string) =>
  query(`SELECT pg_notify('${HEARD}', $1)`, [payload]).then(() => {})

/**
 * Waits until every listening process has heard what was announced before this call: a revocation is answered only then.
 * False after two seconds: a process that does not answer within them is not serving either.
 */
export async function heardEverywhere(connection: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client({ ...connection, application_name: 'opsgraph echo' })
  const echo = PREFIX + randomUUID()
  try {
    await client.connect()
    await client.query(`LISTEN ${HEARD}`)
    const { rows } = await client.query<{ count: number }>(LISTENERS, [LISTENER])
    const answers = counted(client, echo, rows[0]!.count)
    await client.query(notifyAccess, [echo])
    return await answers
  } finally {
    await client.end()
  }
}

function counted(client: pg.Client, echo: string, wanted: number): Promise<boolean> {
  if (wanted === 0) return Promise.resolve(true)
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), PATIENCE_MS)
    let heard = 0
    client.on('notification', ({ payload }) => {
      if (payload !== echo || ++heard < wanted) return
      clearTimeout(late)
      resolve(true)
    })
    client.on('error', () => resolve(false))
  })
}
