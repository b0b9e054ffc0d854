import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { QueryResultRow } from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type TestApp, testApp } from '../../test/kit/app.ts'
import { tenantTablesOf } from '../../test/tenancy/catalogue.ts'
import { asSystem } from '../db/tenant.ts'
import { CANARY } from './canary.ts'
import { writeDemoFile } from './demo-file.ts'
import { type Demo, loadDemo } from './load.ts'

let kit: TestApp
let demo: Demo
let trips: number[]

beforeAll(async () => {
  kit = await testApp()
  const sent = vi.spyOn(kit.app.pool, 'pipeline')
  demo = await loadDemo(kit.app)
  trips = sent.mock.calls.map(([statements]) => statements.length)
})
afterAll(() => kit?.drop())

const rows = <R extends QueryResultRow>(text: string, values: unknown[] = []) => kit.app.query<R>(text, values)
const one = async (text: string, values: unknown[] = []) => (await rows<Record<string, unknown>>(text, values))[0]

it('is sent in one round trip, a statement per table and organization', () => {
  expect(trips).toHaveLength(1)
  expect(trips[0]).toBeLessThan(200)
})

it('holds the documented app, droplet, VPS, domain and tool', async () => {
  const newest = 'SELECT slug, language, pushed_at FROM app WHERE organization_id = 1 ORDER BY pushed_at DESC LIMIT 1'
  expect(await one(newest)).toEqual({
    slug: 'jbratton45/omniforgehq',
    language: 'TypeScript',
    pushed_at: new Date('2026-05-22T10:30:00Z'),
  })
  expect(await one('SELECT * FROM droplet WHERE organization_id = 1 ORDER BY name LIMIT 1')).toMatchObject({
    ...{ provider_id: '12345678', name: 'Omni-Suite-Plainfield', monthly_cost: '48.00', disk_gb: 160 },
    created_at: new Date('2025-08-12T14:22:00Z'),
  })
  expect(await one('SELECT * FROM hostinger_vps WHERE organization_id = 1')).toMatchObject({ hostname: 'vps-prod-1' })
  expect(await one('SELECT * FROM domain WHERE organization_id = 1')).toMatchObject({
    expires_at: new Date('2027-03-15T00:00:00Z'),
  })
  expect(await one('SELECT * FROM tool WHERE id = 7')).toMatchObject({ name: 'GitHub', monthly_cost: '21.00' })
})

it.each([
  ['count(*) FROM app', '28'],
  ['sum(monthly_cost) FROM droplet', '144.00'],
  ["count(*) FROM finding WHERE severity = 'high' AND soc2_control = 'CC8.1' AND state = 'open'", '27'],
  ['count(*) FROM transaction', '42'],
  ["sum(amount) FROM transaction WHERE kind = 'income' AND occurred_on > '2026-04-23'", '18450.00'],
  ["sum(amount) FROM transaction WHERE kind = 'expense' AND occurred_on > '2026-04-23'", '7920.50'],
  ['count(*) FROM vendor', '12'],
  ['count(*) FROM business_line', '9'],
  ['count(*) FROM budget', '4'],
  ["count(*) FROM employee WHERE status = 'active'", '8'],
  ["count(*) FROM leave_request WHERE status = 'approved' AND '2026-05-23' BETWEEN starts_on AND ends_on", '1'],
  ["count(*) FROM leave_request WHERE status = 'pending'", '2'],
  ['sum(monthly_cost) FROM tool', '487.50'],
  ['count(*) FROM tool', '23'],
  ['count(*) FROM asset', '120'],
  ['count(*) FROM vehicle', '14'],
  ['count(*) FROM monitor', '9'],
  ['count(*) FROM lead', '60'],
  ['count(*) FROM invoice', '40'],
])('%s is %s, as documented', async (aggregate, value) => {
  const [expression, from = ''] = aggregate.split(' FROM ')
  const [table, condition] = from.split(' WHERE ')
  const text = `SELECT (${expression})::text AS value FROM ${table} WHERE organization_id = 1 ${condition ? `AND ${condition}` : ''}`
  expect(await one(text)).toEqual({ value })
})

it('recurring costs come to 1245.00 a month', async () => {
  const text = `SELECT round(sum(amount * CASE interval WHEN 'week' THEN 52 WHEN 'month' THEN 12 WHEN 'quarter' THEN 4 ELSE 1 END / 12), 2)::text AS monthly
    FROM recurring_cost WHERE organization_id = 1 AND active`
  expect(await one(text)).toEqual({ monthly: '1245.00' })
})

it('the latest payroll is the month before, paid', async () => {
  const text = `SELECT month, year, status, sum(gross)::text AS gross, sum(net)::text AS net, count(*)::int AS people
    FROM payroll_run run JOIN payroll_line line ON line.payroll_run_id = run.id
    WHERE run.organization_id = 1 GROUP BY run.id, month, year, status ORDER BY year DESC, month DESC LIMIT 1`
  expect(await one(text)).toEqual({
    month: 4,
    year: 2026,
    status: 'paid',
    gross: '32500.00',
    net: '24875.00',
    people: 8,
  })
})

it('finding 1 is the one in the document', async () => {
  expect(await one('SELECT * FROM finding WHERE id = 1')).toMatchObject({
    ...{ repo: 'jbratton45/omniforgehq', title: "Default branch 'main' has no protection rules" },
    ...{ first_seen_at: new Date('2026-05-23T11:42:00Z') },
    url: 'https://github.com/jbratton45/omniforgehq/settings/branches',
  })
})

it('invoices add up: lines to subtotals, payments to what is paid', async () => {
  const wrong = `SELECT number FROM invoice i
    WHERE subtotal + tax <> total
      OR subtotal <> (SELECT sum(amount) FROM invoice_line l WHERE (l.organization_id, l.invoice_id) = (i.organization_id, i.id))
      OR (status = 'paid') <> (total = coalesce((SELECT sum(amount) FROM payment p WHERE (p.organization_id, p.invoice_id) = (i.organization_id, i.id)), 0))`
  expect(await rows(wrong)).toEqual([])
})

it('an invoice is for a deal that was won before', async () => {
  const wrong = `SELECT i.number FROM invoice i JOIN opportunity o ON (o.organization_id, o.id) = (i.organization_id, i.opportunity_id)
    WHERE i.organization_id = 1 AND (o.stage <> 'won' OR o.closed_on > i.issued_on OR o.client_id <> i.client_id)`
  expect(await rows(wrong)).toEqual([])
})

it('the documented search of assets reaches its second page', async () => {
  const text = "SELECT count(*)::int AS found FROM asset WHERE organization_id = 1 AND search_text LIKE '%switch%'"
  expect((await one(text))?.found).toBeGreaterThan(50)
})

it('the bytes of a document are what its row says', async () => {
  const documents = await rows<{ storage_key: string; sha256: string; size_bytes: number; name: string }>(
    'SELECT * FROM document',
  )
  expect(documents).toHaveLength(5)
  for (const { storage_key, sha256, size_bytes, name } of documents) {
    const bytes = await kit.app.storage.get(storage_key)
    expect(bytes).toHaveLength(size_bytes)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
    if (name.endsWith('.pdf')) expect(Buffer.from(bytes).toString('latin1', 0, 5)).toBe('%PDF-')
  }
})

/** Made by a worker, a moment after. */
const SEALS = 'audit_seal'

it('every table that belongs to organizations has a canary row, and the first organization has none', async () => {
  const tables = (await tenantTablesOf(kit.app)).filter((name) => name !== SEALS)
  expect(tables.length).toBeGreaterThan(30)
  for (const name of tables) {
    const canaries = await rows(`SELECT 1 FROM "${name}" WHERE organization_id = 2`)
    expect([name, canaries.length > 0]).toEqual([name, true])
    expect(
      await rows(`SELECT 1 FROM "${name}" t WHERE organization_id = 1 AND t::text LIKE $1`, [`%${CANARY}%`]),
    ).toEqual([])
  }
})

/** Tables whose columns are only numbers, days and words from a list. */
const WORDLESS = [
  ...['membership', 'asset_tag', 'password_entry_tag', 'payroll_run', 'payroll_line', 'monitor_schedule', 'uptime_day'],
  ...[SEALS, 'audit_waiting', 'managed_space', 'backup_schedule'],
]

it('every table with a text of its own says the marker in it', async () => {
  const tables = (await tenantTablesOf(kit.app)).filter((name) => !WORDLESS.includes(name))
  const said = await Promise.all(
    tables.map(
      async (name) =>
        [
          name,
          await rows(`SELECT 1 FROM "${name}" t WHERE organization_id = 2 AND t::text LIKE $1`, [`%${CANARY}%`]),
        ] as const,
    ),
  )
  expect(said.filter(([, canaries]) => canaries.length === 0).map(([name]) => name)).toEqual([])
})

it('every key works, and key 3 is the one in the document', async () => {
  const ids = new Map<string, number>()
  for (const { keys } of demo.organizations)
    for (const { name, token } of keys) {
      const credential = await kit.app.credentials.authenticate(`Bearer ${token}`, '192.0.2.1')
      expect(credential.name).toBe(name)
      ids.set(name, credential.keyId!)
      if (credential.keyId === 3)
        expect(credential).toMatchObject({ scopes: ['apps', 'servers'], createdBy: 'james@jamesbratton.me' })
    }
  expect(ids.get('SOC2 platform')).toBe(3)
  expect(new Set(demo.organizations.flatMap(({ keys }) => keys.map(({ family }) => family))).size).toBe(3)
})

it('new rows are numbered after the loaded ones', async () => {
  const created = await asSystem(async () =>
    kit.app.prisma.lead.create({ data: { organizationId: 1, name: 'Someone new' } }),
  )
  expect(created.id).toBeGreaterThan(61)
})

it('refuses a database that has organizations already', async () => {
  await expect(loadDemo(kit.app)).rejects.toThrow(/already has the organization omniforge/)
})

it('the demo file is readable by its owner only', async () => {
  const path = await writeDemoFile(kit.config.dataDir, 'http://127.0.0.1:4000', demo)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  const written = JSON.parse(await readFile(path, 'utf8'))
  expect(Object.keys(written)).toEqual(['baseUrl', 'organizations'])
  expect(Object.keys(written.organizations[0].keys[0])).toEqual(['name', 'family', 'token', 'scopes', 'isAdmin'])
  expect(Object.keys(written.organizations[0].users[0])).toEqual(['email', 'password', 'role'])
})
