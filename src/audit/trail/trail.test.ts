import pg from 'pg'
import { beforeEach, describe, expect, it } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'
import { createLead } from '../../crm/leads.ts'
import { asSystem } from '../../db/tenant.ts'
import { startSealing } from '../../jobs/sealing.ts'
import { BEGINNING, sealOf } from './chain.ts'
import { sealAudit } from './seal.ts'
import { verifyAudit } from './verify.ts'

const graph = testGraph()
const KEY = 'audit_seal_organization_id_audit_event_id_fkey'
const COLUMNS =
  'organization_id, actor_kind, actor_name, action, target_type, target_id, changes, address, request_id, at'

const TRAIL = ['audit_event', 'audit_seal', 'audit_waiting']
const open = (wall: string, triggers: string) =>
  TRAIL.map((table) => `ALTER TABLE ${table} ${wall} ROW LEVEL SECURITY, ${triggers} TRIGGER USER`).join('; ')

/** As the tables' owner, on a connection of its own. */
async function asOwner<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(graph.kit.app.databaseUrl)
  await client.connect()
  return work(client).finally(() => client.end())
}

/** What only the tables' owner or a superuser can do, and only on purpose. */
const tamper = (...statements: string[]) =>
  asOwner(async (client) => {
    await client.query(`BEGIN; ALTER TABLE audit_seal DROP CONSTRAINT IF EXISTS ${KEY}; ${open('NO FORCE', 'DISABLE')}`)
    for (const statement of statements) await client.query(statement)
    await client.query(`${open('FORCE', 'ENABLE')}; COMMIT`)
  })

const seal = (batch?: number) => sealAudit(graph.kit.app.pool, batch === undefined ? {} : { batch })
const verified = (organization: 'a' | 'b' = 'a') => verifyAudit(graph.as({ organization }).ctx)
const leads = async (count: number, organization: 'a' | 'b' = 'a') => {
  for (let nth = 0; nth < count; nth += 1) await createLead(graph.as({ organization }).ctx, { name: `Lead ${nth}` })
}
const rows = <R extends Record<string, unknown>>(text: string) => graph.kit.app.query<R>(text, [])
/** The ids of an organization's rows in the order of the chain. */
const ids = async (organization: 'a' | 'b' = 'a') =>
  (
    await rows<{ id: string }>(
      `SELECT audit_event_id::text AS id FROM audit_seal WHERE organization_id = ${graph[organization].id} ORDER BY position`,
    )
  ).map(({ id }) => id)

beforeEach(() => tamper('TRUNCATE audit_event, audit_seal, audit_waiting'))

describe('a trail', () => {
  it('is sealed row by row, each seal over the one before', async () => {
    await leads(5)
    expect(await verified()).toMatchObject({
      valid: true,
      checked: 0,
      unsealed: 5,
      lastPosition: 0,
      lastHash: BEGINNING,
    })
    expect(await seal(2)).toBe(5)
    const seals = await rows<{ position: number; previous: string; hash: string }>(
      `SELECT position, encode(previous_hash, 'hex') AS previous, encode(hash, 'hex') AS hash FROM audit_seal ORDER BY position`,
    )
    expect(seals.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5])
    expect(seals.map(({ previous }) => previous)).toEqual([BEGINNING, ...seals.slice(0, -1).map(({ hash }) => hash)])
    const whole = { valid: true, checked: 5, unsealed: 0, firstBroken: null, lastPosition: 5 }
    expect(await verified()).toEqual({ ...whole, lastHash: seals.at(-1)!.hash })
    expect(await seal()).toBe(0)
  })

  it('is hashed over every column, in a form that is written down', async () => {
    const { ctx } = graph.as()
    await createLead({ ...ctx, requestId: 'r-1', address: '192.0.2.1' }, { name: 'Zoë "Z"' })
    await seal()
    const [row] = await rows<{ id: string; targetId: string; changes: string; hash: string }>(
      `SELECT id::text, target_id AS "targetId", changes::text, encode(hash, 'hex') AS hash FROM audit_event JOIN audit_seal ON audit_event_id = id`,
    )
    const { id, targetId, changes } = row!
    const canonical = `[${graph.a.id}, ${id}, "key", 1, "test", "lead.created", "lead", "${targetId}", ${changes}, "192.0.2.1", "r-1", "2026-05-23T11:42:00.000Z"]`
    expect(row!.hash).toBe(sealOf(BEGINNING, canonical))
  })

  it('is one per organization', async () => {
    await leads(2)
    await leads(3, 'b')
    await seal()
    await tamper(`UPDATE audit_event SET actor_name = 'nobody' WHERE organization_id = ${graph.b.id}`)
    expect(await verified()).toMatchObject({ valid: true, checked: 2, unsealed: 0 })
    expect(await verified('b')).toMatchObject({ valid: false, checked: 0, firstBroken: { position: 1 } })
  })
})

describe('whoever changes a trail is found', () => {
  let sealed: string[]
  beforeEach(async () => {
    await leads(6)
    await seal()
    sealed = await ids()
  })
  const broken = async () => {
    const { valid, checked, firstBroken } = await verified()
    return { valid, checked, ...firstBroken }
  }

  it.each(['actor_name', 'action', 'target_id', 'address', 'request_id'])('a changed %s is named', async (column) => {
    await tamper(`UPDATE audit_event SET ${column} = 'x' WHERE id = ${sealed[2]}`)
    expect(await broken()).toEqual({ valid: false, checked: 2, id: sealed[2], position: 3, reason: 'changed' })
  })

  it('a change of what changed, or when, is named', async () => {
    await tamper(`UPDATE audit_event SET at = at + interval '1 second' WHERE id = ${sealed[4]}`)
    expect(await broken()).toMatchObject({ id: sealed[4], position: 5, reason: 'changed' })
    await tamper(`UPDATE audit_event SET changes = '{"name": "Another"}' WHERE id = ${sealed[1]}`)
    expect(await broken()).toMatchObject({ id: sealed[1], position: 2, reason: 'changed' })
  })

  it('a deleted row is named, and its place where the seal is gone as well', async () => {
    await tamper(`DELETE FROM audit_event WHERE id = ${sealed[3]}`)
    expect(await broken()).toEqual({ valid: false, checked: 3, id: sealed[3], position: 4, reason: 'deleted' })
    await tamper(`DELETE FROM audit_seal WHERE audit_event_id = ${sealed[3]}`)
    expect(await broken()).toEqual({ valid: false, checked: 3, id: null, position: 4, reason: 'deleted' })
  })

  it('a row that was deleted while it waited is named', async () => {
    await leads(1)
    const [waiting] = await rows<{ id: string }>('SELECT audit_event_id::text AS id FROM audit_waiting')
    await tamper(`DELETE FROM audit_event WHERE id = ${waiting!.id}`)
    expect(await broken()).toEqual({ valid: false, checked: 6, id: waiting!.id, position: null, reason: 'deleted' })
    expect(await seal()).toBe(0)
    await leads(2)
    expect(await seal(1)).toBe(2)
    expect(await broken()).toMatchObject({ checked: 8, id: waiting!.id, reason: 'deleted' })
  })

  it('an inserted row is named, and never sealed, though it was inserted without tricks', async () => {
    const copy = `INSERT INTO audit_event (${COLUMNS}) SELECT ${COLUMNS} FROM audit_event WHERE id = ${sealed[0]}`
    const id = await asOwner(async (client) => {
      await client.query('BEGIN; ALTER TABLE audit_event NO FORCE ROW LEVEL SECURITY')
      const made = await client.query(`${copy} RETURNING id::text`)
      await client.query('ALTER TABLE audit_event FORCE ROW LEVEL SECURITY; COMMIT')
      return made.rows[0].id
    })
    await leads(1)
    expect(await seal()).toBe(1)
    expect(await broken()).toEqual({ valid: false, checked: 7, id, position: null, reason: 'inserted' })
  })

  it('two rows that changed places are named by the first', async () => {
    const [first, , third] = sealed
    await tamper(
      `UPDATE audit_event SET id = -1 WHERE id = ${first}`,
      `UPDATE audit_event SET id = ${first} WHERE id = ${third}`,
      `UPDATE audit_event SET id = ${third} WHERE id = -1`,
    )
    expect(await broken()).toEqual({ valid: false, checked: 0, id: first, position: 1, reason: 'changed' })
  })

  it('two seals that changed places are named by the first', async () => {
    await tamper(
      'UPDATE audit_seal SET position = -1 WHERE position = 2',
      'UPDATE audit_seal SET position = 2 WHERE position = 5',
      'UPDATE audit_seal SET position = 5 WHERE position = -1',
    )
    expect(await broken()).toEqual({ valid: false, checked: 1, id: sealed[4], position: 2, reason: 'moved' })
  })

  it('a seal that was taken off the end leaves a row without one', async () => {
    await tamper('DELETE FROM audit_seal WHERE position = 6')
    expect(await broken()).toEqual({ valid: false, checked: 5, id: sealed[5], position: null, reason: 'inserted' })
  })
})

describe('nobody changes a trail by mistake', () => {
  it.each(['audit_event', 'audit_seal'])('the owner of %s is refused', async (table) => {
    await leads(1)
    await seal()
    const statements = [`UPDATE ${table} SET organization_id = 1`, `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`]
    await asOwner(async (client) => {
      for (const statement of statements)
        await expect(client.query(statement), statement).rejects.toThrow('is only added to')
    })
    expect(await verified()).toMatchObject({ valid: true, checked: 1 })
  })

  it('neither the application’s role nor the server’s own may change it', async () => {
    const statements = ['UPDATE audit_event SET address = address', 'DELETE FROM audit_event', 'DELETE FROM audit_seal']
    for (const statement of statements) {
      await expect(graph.as().ctx.db.$executeRawUnsafe(statement), statement).rejects.toThrow('permission denied')
      await expect(rows(statement), statement).rejects.toThrow('permission denied')
    }
    const forged = `INSERT INTO audit_seal VALUES (${graph.a.id}, 1, 1, '', '')`
    await expect(graph.as().ctx.db.$executeRawUnsafe(forged)).rejects.toThrow('permission denied')
  })
})

/** Whoever seals just now. */
const KILL = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND query ILIKE '%audit_seal%' AND pid <> pg_backend_pid() AND state <> 'idle'`

describe('sealing', () => {
  it('leaves out no row that was committed late, and waits for none', async () => {
    const { app } = graph.kit
    const late = await asSystem(() => app.pool.connect())
    const insert = `INSERT INTO audit_event (${COLUMNS}) VALUES (${graph.a.id}, 'system', 'late', 'lead.created', 'lead', '1', '{}', 'local', 'late', now()) RETURNING id::text`
    await late.query('BEGIN')
    const { rows: made } = await late.query({ text: insert })
    await leads(3)
    expect(await seal()).toBe(3)
    await late.query('COMMIT')
    late.release()
    expect(await seal()).toBe(1)
    expect((await ids()).at(-1)).toBe(made[0].id)
    expect(await verified()).toMatchObject({ valid: true, checked: 4, unsealed: 0 })
  })

  it('leaves a whole chain when several seal and many write at the same time, and sealers are killed', async () => {
    const { app } = graph.kit
    const writing = Promise.all([1, 2, 3, 4].map((n) => leads(40, n % 2 ? 'a' : 'b')))
    let done = false
    let killed = 0
    const sealing = [1, 2, 3].map(async () => {
      while (!done) await sealAudit(app.pool, { batch: 3 }).catch(() => {})
    })
    const killing = asOwner(async (client) => {
      while (!done) killed += (await client.query(KILL)).rowCount ?? 0
    })
    await writing
    done = true
    await Promise.all([...sealing, killing])
    expect(killed).toBeGreaterThan(0)
    await seal()
    for (const organization of ['a', 'b'] as const)
      expect(await verified(organization)).toMatchObject({ valid: true, checked: 80, unsealed: 0 })
  })

  it('rests between two batches, and no longer when it is told to stop', async () => {
    await leads(3)
    const stopping = new AbortController()
    const from = performance.now()
    const sealing = sealAudit(graph.kit.app.pool, { batch: 1, rest: () => 60_000, signal: stopping.signal })
    while ((await verified()).checked < 1 && performance.now() - from < 10_000);
    expect(await verified()).toMatchObject({ checked: 1, unsealed: 2 })
    stopping.abort()
    expect(await sealing).toBe(1)
    expect(await seal()).toBe(2)
  })

  it('happens by itself in a process that works', async () => {
    const running = startSealing(graph.kit.app)
    await leads(2)
    const from = performance.now()
    while ((await verified()).checked < 2 && performance.now() - from < 10_000);
    await running.stop()
    expect(await verified()).toMatchObject({ valid: true, checked: 2, unsealed: 0 })
  })
})

describe('in the graph', () => {
  const LIST = `query ($filter: AuditEventFilter, $orderBy: [AuditEventOrder!]) { auditEvents(filter: $filter, orderBy: $orderBy) {
    totalCount nodes { id actorKind actorName action targetType targetId changes position previousHash hash } } }`

  it('the trail is listed, filtered and ordered, each row with its seal', async () => {
    await leads(3)
    await seal()
    await leads(1)
    const sealed = await ids()
    const { data, errors } = await graph.as().run(LIST, { orderBy: [{ field: 'ID' }] })
    expect(errors).toBeUndefined()
    expect(data.auditEvents.totalCount).toBe(4)
    expect(data.auditEvents.nodes.map(({ id }: { id: string }) => id).slice(0, 3)).toEqual(sealed)
    expect(data.auditEvents.nodes.map(({ position }: { position: number }) => position)).toEqual([1, 2, 3, null])
    const [first, second] = data.auditEvents.nodes
    expect(first).toMatchObject({ actorKind: 'KEY', action: 'lead.created', changes: { name: 'Lead 0' } })
    expect([first.previousHash, second.previousHash]).toEqual([BEGINNING, first.hash])
    const filter = { targetType: { eq: 'lead' }, targetId: { eq: second.targetId } }
    expect((await graph.as().run(LIST, { filter })).data.auditEvents.nodes).toEqual([second])
  })

  it('what changed is told to those alone who may read it', async () => {
    await leads(1)
    const { data } = await graph.as({ permissions: ['audit:read'] }).run(LIST)
    expect(data.auditEvents.nodes[0]).toMatchObject({ action: 'lead.created', changes: null })
  })

  it('without permission neither is told', async () => {
    for (const query of ['{ auditEvents { totalCount } }', '{ auditVerification { valid } }']) {
      const { errors } = await graph.as({ permissions: ['leads:read'] }).run(query)
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'audit:read' })
    }
  })

  it('the proof names the first row that does not hold', async () => {
    await leads(3)
    await seal()
    const PROOF = '{ auditVerification { valid checked unsealed firstBroken { id position reason } lastPosition } }'
    const whole = { valid: true, checked: 3, unsealed: 0, firstBroken: null, lastPosition: 3 }
    expect((await graph.as().run(PROOF)).data.auditVerification).toEqual(whole)
    const [, second] = await ids()
    await tamper(`UPDATE audit_event SET address = 'elsewhere' WHERE id = ${second}`)
    expect((await graph.as().run(PROOF)).data.auditVerification).toMatchObject({
      ...{ valid: false, checked: 1 },
      firstBroken: { id: second, position: 2, reason: 'CHANGED' },
    })
    expect((await graph.as({ organization: 'b' }).run(PROOF)).data.auditVerification).toMatchObject({ valid: true })
  })
})
