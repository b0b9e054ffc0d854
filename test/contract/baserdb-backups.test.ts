import { Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startWorker, type Worker } from '../../src/jobs/worker.ts'
import { projectWithTables } from '../kit/backed-up.ts'
import { seenOfOwnTables } from '../kit/own-tables.ts'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
const PATIENCE = { timeout: 30_000, interval: 50 }
const ROWS = 523

let key = ''
let worker: Worker
let organizationId: number
let projectId: number
beforeAll(async () => {
  key = (await minted(server)).token
  const [company] = await server.app.query<{ id: number }>(`SELECT id FROM organization WHERE slug = 'omniforge'`, [])
  organizationId = company!.id
  ;({ projectId } = await projectWithTables(server.app, organizationId))
  worker = startWorker(server.app, new Registry())
})
afterAll(() => worker?.stop())

const ask = (method: string, path: string, body?: unknown, as: string | undefined = key) =>
  server.request(`/api/v1/backups/${path}`, { method, key: as, ...(body !== undefined && { body }) })
const get = (path: string, as?: string) => ask('GET', path, undefined, as)

/** The run, once it stands as it should; it is asked for as any client would. */
const become = (id: number, expected: object) =>
  vi.waitFor(async () => {
    const { json } = await get(`runs/${id}`)
    expect(json.data).toMatchObject(expected)
    return json.data
  }, PATIENCE)

async function made(): Promise<Record<string, any>> {
  const { status, json } = await ask('POST', 'runs', { project_id: projectId })
  expect([status, json.data.status]).toEqual([202, 'queued'])
  return become(json.data.id, { status: 'succeeded' })
}

const RUN = [
  ...[
    'id',
    'project_id',
    'project_slug',
    'project_name',
    'schedule_id',
    'status',
    'job_id',
    'tables_done',
    'tables_total',
  ],
  ...[
    'row_count',
    'checksum',
    'size_bytes',
    'error',
    'verification',
    'verification_error',
    'verified_at',
    'restoration',
  ],
  ...[
    'restoration_error',
    'restored_at',
    'restored_project_id',
    'keep_until',
    'created_at',
    'started_at',
    'finished_at',
  ],
]

describe('/api/v1/backups/runs', () => {
  it('are listed newest first, filtered and paged, in the envelope', async () => {
    const { status, json } = await get('runs?limit=5')
    expect([status, json.success, json.error]).toEqual([200, true, null])
    expect(json.meta.pagination).toMatchObject({ limit: 5, total: 8, next_cursor: expect.any(String) })
    expect(Object.keys(json.data[0])).toEqual(RUN)
    const next = await get(`runs?limit=5&cursor=${json.meta.pagination.next_cursor}`)
    expect(next.json.data[0].id).not.toBe(json.data[0].id)
    expect((await get('runs?status=failed')).json.data).toEqual([])
    const own = await get(`runs?project_id=${json.data[0].project_id}`)
    expect(own.json.meta.pagination.total).toBe(2)
    expect((await get('runs?state=failed')).status).toBe(400)
  })

  it('are asked for (202, queued), made by a worker, and say checksum, size and rows', async () => {
    const asked = await ask('POST', 'runs', { project_id: projectId, keep_days: 30 })
    expect([asked.status, Object.keys(asked.json.data)]).toEqual([202, RUN])
    const { id } = asked.json.data
    const run = await become(id, { status: 'succeeded', tables_done: 3, tables_total: 3, row_count: ROWS, error: null })
    expect(run).toMatchObject({ checksum: expect.stringMatching(/^[0-9a-f]{64}$/), verified_at: null })
    expect(run.size_bytes).toBeGreaterThan(100)
    expect(run.keep_until).toBe('2026-06-22T11:42:00Z')
  })

  it('are verified (202), and only then verified_at is set', async () => {
    const { id } = await made()
    const asked = await ask('POST', `runs/${id}/verify`)
    expect([asked.status, asked.json.data]).toEqual([
      202,
      expect.objectContaining({ verification: 'queued', verified_at: null }),
    ])
    expect(await become(id, { verification: 'succeeded' })).toMatchObject({ verified_at: '2026-05-23T11:42:00Z' })
  })

  it('are restored (202) into a new project: the drill', async () => {
    const { id } = await made()
    const before = await seenOfOwnTables(server.app, organizationId)
    const asked = await ask('POST', `runs/${id}/restore`, { name: 'Drill' })
    expect([asked.status, asked.json.data.restoration]).toEqual([202, 'queued'])
    const { restored_project_id } = await become(id, { restoration: 'succeeded' })
    const project = await server.request(`/api/v1/projects/${restored_project_id}`, { key })
    expect(project.json.data).toMatchObject({ slug: 'drill', description: 'Where things are.' })
    const groups = await server.request(`/api/v1/groups?project_id=${restored_project_id}`, { key })
    expect(groups.json.data.map(({ slug }: any) => slug)).toEqual(['stock'])
    expect(await seenOfOwnTables(server.app, organizationId)).toEqual(before)
    const taken = await ask('POST', `runs/${id}/restore`, { name: 'Drill' })
    expect([taken.status, taken.json.error.code, Object.keys(taken.json.error.details.fields)]).toEqual([
      409,
      'conflict',
      ['slug'],
    ])
  })

  it('are not restored over their project without its slug', async () => {
    const { id } = await made()
    for (const body of [{ into: 'same' }, { into: 'same', confirm: 'other' }]) {
      const { status, json } = await ask('POST', `runs/${id}/restore`, body)
      expect([status, Object.keys(json.error.details.fields)]).toEqual([400, ['confirm']])
    }
    expect((await ask('POST', `runs/${id}/restore`, { into: 'elsewhere' })).status).toBe(400)
  })

  it('are deleted: 204, and 404 afterwards', async () => {
    const { id } = await made()
    expect((await ask('DELETE', `runs/${id}`)).status).toBe(204)
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/verify'],
      ['POST', '/restore'],
    ] as const)
      expect((await ask(method, `runs/${id}${path}`, method === 'POST' ? {} : undefined)).status).toBe(404)
  })

  it('400 where a field is wrong, 403 without backups:run, 404 for another organization’s', async () => {
    expect((await ask('POST', 'runs', { project_id: projectId, keep_days: 0 })).status).toBe(400)
    expect((await ask('POST', 'runs', { project_id: 2_000_000_000 })).status).toBe(400)
    expect((await ask('POST', 'runs', { project: 'x' })).status).toBe(400)
    const refused = await get('runs', server.key('SOC2 platform'))
    expect([refused.status, refused.json.error]).toMatchObject([
      403,
      { code: 'forbidden', details: { need: 'backups:run' } },
    ])
    const [theirs] = await server.app.query<{ id: number }>(
      'SELECT max(id) AS id FROM backup_run WHERE organization_id = 2',
      [],
    )
    expect((await get(`runs/${theirs!.id}`)).status).toBe(404)
  })
})

describe('/api/v1/backups/schedules', () => {
  const SCHEDULE = [
    ...[
      'id',
      'project_id',
      'every_hours',
      'keep_days',
      'keep_last',
      'is_enabled',
      'next_run_at',
      'created_at',
      'updated_at',
    ],
  ]

  it('are made, listed, changed and deleted', async () => {
    const created = await ask('POST', 'schedules', { project_id: projectId, every_hours: 24, keep_last: 7 })
    expect([created.status, Object.keys(created.json.data)]).toEqual([201, SCHEDULE])
    const { id } = created.json.data
    expect(created.json.data).toMatchObject({ every_hours: 24, keep_days: 30, keep_last: 7, is_enabled: true })
    expect((await get(`schedules?project_id=${projectId}`)).json.data).toEqual([created.json.data])
    const changed = await ask('PATCH', `schedules/${id}`, { keep_last: null, is_enabled: false })
    expect(changed.json.data).toMatchObject({ keep_last: null, is_enabled: false })
    expect((await get(`schedules/${id}`)).json.data).toEqual(changed.json.data)
    expect((await ask('DELETE', `schedules/${id}`)).status).toBe(204)
    expect((await get(`schedules/${id}`)).status).toBe(404)
  })

  it('400 where a field is wrong or missing', async () => {
    const { status, json } = await ask('POST', 'schedules', { project_id: projectId, every_hours: 0 })
    expect([status, Object.keys(json.error.details.fields)]).toEqual([400, ['every_hours']])
    expect((await ask('POST', 'schedules', { project_id: projectId })).status).toBe(400)
  })
})
