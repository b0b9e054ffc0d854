import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'

export type Written = { name: string | null; rows: number; events: number; audits: number }

/** What every write left behind, whatever of it is there: by its name, or null where the row itself is missing. */
const WRITTEN = `
  WITH kept AS (
    SELECT 'asset.created' AS what, id::text AS id, name FROM asset WHERE starts_with(name, $1)
    UNION ALL
    SELECT 'lead.created', id::text, name FROM lead WHERE starts_with(name, $1)
  ), announced AS (
    SELECT type AS what, data->>'id' AS id, count(*)::int AS events
    FROM event WHERE starts_with(data->>'name', $1) GROUP BY 1, 2
  ), audited AS (
    SELECT action AS what, target_id AS id, count(*)::int AS audits
    FROM audit_event WHERE starts_with(changes->>'name', $1) GROUP BY 1, 2
  )
  SELECT name, count(*)::int AS rows, coalesce(sum(events), 0)::int AS events, coalesce(sum(audits), 0)::int AS audits
  FROM kept FULL JOIN announced USING (what, id) FULL JOIN audited USING (what, id)
  GROUP BY name`

const RECORD = 'postgres/data/postmaster.pid'

export async function postmaster(folder: string): Promise<{ pid: number; port: number }> {
  const lines = (await readFile(join(folder, RECORD), 'utf8')).split('\n')
  return { pid: Number(lines[0]), port: Number(lines[3]) }
}

export async function embeddedUrl(folder: string): Promise<string> {
  const password = await readFile(join(folder, 'postgres/password'), 'utf8')
  return `postgresql://opsgraph:${password}@127.0.0.1:${(await postmaster(folder)).port}/opsgraph`
}

/** One question to a database, in the system's role. */
export async function ask<R extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<R[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query('SET ROLE opsgraph_system')
    return (await client.query<R>(text, values)).rows
  } finally {
    await client.end()
  }
}

export const writtenIn = (url: string, prefix: string): Promise<Written[]> => ask<Written>(url, WRITTEN, [prefix])
