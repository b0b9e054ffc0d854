import { isDeepStrictEqual } from 'node:util'
import pg from 'pg'
import { essence, type HttpRequest } from '../doors/door.ts'
import { LIMIT } from '../peers.ts'
import type { Ask, Workload } from '../workloads.ts'
import type { Member } from './fleet.ts'

const TRACES = `SELECT
  (SELECT count(*) FROM asset WHERE id = $1)::int AS assets,
  (SELECT count(*) FROM event WHERE type = 'asset.created' AND data ->> 'id' = $1::text)::int AS events,
  (SELECT count(*) FROM audit_event WHERE target_type = 'asset' AND target_id = $1::text)::int AS audits`

async function send(port: number, { method, path, body }: HttpRequest, key: string): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, accept: 'application/json', 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok || /^\{"errors"/.test(text))
    throw new Error(`${method} ${path} → ${answer.status} ${text.slice(0, 500)}`)
  return JSON.parse(text)
}

/** A creation that left no event or no audit row did not do the work. */
async function assertTraces(url: string, id: unknown): Promise<void> {
  const client = new pg.Client({ connectionString: url, options: '-c role=opsgraph_system' })
  await client.connect()
  const { rows } = await client.query(TRACES, [Number(id)]).finally(() => client.end())
  if (!isDeepStrictEqual(rows[0], { assets: 1, events: 1, audits: 1 }))
    throw new Error(`asset ${id} left ${JSON.stringify(rows[0])}`)
}

async function answerOf({ door, running }: Member, workload: Workload, ask: Ask, url: string): Promise<unknown> {
  const value = door.value(workload, await send(running.port, door.request(workload, ask)!, ask.key))
  if (workload === 'W4') await assertTraces(url, (value as { id: unknown }).id)
  return essence[workload](value)
}

/** Nobody is measured before everybody has given the limit's own answer. */
export async function check(members: Member[], workload: Workload, [ask]: Ask[], url: string): Promise<void> {
  const limit = members.find(({ name }) => name === LIMIT)!
  const expected = await answerOf(limit, workload, ask!, url)
  for (const member of members) {
    if (!member.door.request(workload, ask!)) continue
    const answer = await answerOf(member, workload, ask!, url).catch((error: Error) => {
      throw new Error(`${workload}: ${member.name} failed: ${error.message}`)
    })
    if (!isDeepStrictEqual(answer, expected))
      throw new Error(
        `${workload}: ${member.name} answers ${JSON.stringify(answer)?.slice(0, 600)}\ninstead of ${JSON.stringify(expected).slice(0, 600)}`,
      )
  }
}
