import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { foundOrganization } from '../../src/accounts/found-organization.ts'
import { systemContext } from '../../src/context.ts'
import { CATALOGUE, toldData } from '../../src/core/events/catalogue.ts'
import { PERMISSIONS } from '../../src/core/permissions.ts'
import { checkPasswordBreach } from '../../src/vault/check-breach.ts'
import { createPasswordEntry } from '../../src/vault/verbs.ts'
import { giveSecondFactors } from '../kit/second-factors.ts'
import { testServer } from '../kit/server.ts'
import { Caller } from './generate/caller.ts'
import { misfits } from './generate/catalogued.ts'
import { mutations, succeeding } from './generate/mutations.ts'
import { OwnRows } from './generate/rows.ts'

const server = testServer()
let own: Caller
let rows: OwnRows

type Event = { type: string; data: unknown }
let before = 0
const events = () => server.app.query<Event>('SELECT type, data FROM event WHERE id > $1 ORDER BY id', [before])

const LAST = /^(delete|revoke)/

/** What every mutation announces, and what is announced without one. */
beforeAll(async () => {
  own = await Caller.of(server, server.key('Trusted service'))
  rows = new OwnRows(server.app, own.ctx.organizationId)
  await giveSecondFactors(server.app, own.ctx.organizationId)
  before = (await server.app.query<{ last: number }>('SELECT max(id)::int AS last FROM event', []))[0]!.last
  const creations = mutations.filter(({ model }) => !model)
  const changes = mutations.filter(({ model, name }) => model && !LAST.test(name))
  const ends = mutations.filter(({ name }) => LAST.test(name))
  for (const mutation of [...creations.flatMap((each) => [each, each, each]), ...changes, ...ends])
    await succeeding(own, rows, mutation)
  await otherwise()
}, 120_000)
afterAll(() => expect(own.faults.map(String)).toEqual([]))

async function otherwise(): Promise<void> {
  const { app } = server
  const contextOf = (id: number) => systemContext(app, id, 'generated')
  await foundOrganization(app.prisma, contextOf, { slug: 'founded', name: 'Founded', email: 'founder@example.com' })
  const ctx = { ...own.ctx, breaches: { timesSeen: async () => 3 } }
  const { id } = await createPasswordEntry(ctx, { title: 'Breached', password: 'password' })
  await checkPasswordBreach(ctx, id)
}

/** Declared, but announced by what no mutation does here; each with who announces it, and where that is tested. */
const ELSEWHERE: Record<string, string> = {
  'account.password_changed': 'a person with their password: test/contract/baserdb-auth.test.ts',
  'account.recovery_code_used': 'signing in: test/contract/baserdb-second-factor.test.ts',
  'account.recovery_codes_renewed': 'a person with their password: the same',
  'account.second_factor_added': 'a person with a code: the same',
  'account.second_factor_begun': 'a person with their password: the same',
  'account.second_factor_removed': 'the same',
  'session.created': 'signing in: test/contract/baserdb-auth.test.ts',
  'session.refreshed': 'the same',
  'session.reused': 'the same',
  'session.revoked': 'the same',
  'user.joined': 'an invitation: test/contract/baserdb-users.test.ts',
  'invoice.overdue': 'the passing of a day: src/crm/invoices/overdue.test.ts',
  'invoice.paid': 'the payment that completes it: src/crm/invoices/payments.test.ts',
  'invoice.reopened': 'a payment that is taken back: src/crm/invoices/payments.test.ts',
  'credential.expired': 'a schedule: src/platform/credentials/issued/end.test.ts',
  'finding.seen': 'a second report: src/security/findings.test.ts',
  'project.archived': 'a deletion, where groups are below: src/platform/projects/projects.test.ts',
  'job.failed': 'a worker: src/jobs/jobs.test.ts',
  'backup_run.succeeded': 'a worker: src/platform/backups/backups.test.ts',
  'backup_run.verified': 'the same',
  'backup_run.restored': 'the same',
  'monitor.down': 'a check that failed twice: src/monitoring/checks/check-monitor.test.ts',
  'monitor.up': 'a check that succeeds again: the same',
  'webhook_endpoint.disabled': 'a receiver that is gone: src/webhooks/courier/retries.test.ts',
  'table.discovered': 'a look at what lies in a schema: src/platform/tables/discovery.test.ts',
  'table_row.created': 'rows of an organization’s own table: src/platform/tables/rows/rows.test.ts',
  'table_row.updated': 'the same',
  'table_row.deleted': 'the same',
  'password_entry.revealed': 'a query: src/vault/reveal.test.ts',
  'password_entry.otp_read': 'a query: src/vault/reveal.test.ts',
}

const DOCUMENTED = [
  ...['asset.created', 'asset.updated', 'asset.deleted', 'monitor.down', 'monitor.up'],
  ...['vulnerability.found', 'vault.breach'],
]

describe('the catalogue of events', () => {
  it('says of every event what it tells, no more and no less', async () => {
    const found = await events()
    expect([...new Set(found.flatMap(misfits))]).toEqual([])
    expect(found.length).toBeGreaterThan(100)
  })

  it('holds nothing that is never announced', async () => {
    const announced = new Set((await events()).map(({ type }) => type))
    const silent = [...CATALOGUE.keys()].filter((type) => !announced.has(type))
    expect(silent).toEqual(Object.keys(ELSEWHERE).sort())
  })

  it('holds the documented events, and names a permission for each', () => {
    for (const type of DOCUMENTED) expect(CATALOGUE.has(type), type).toBe(true)
    for (const { permission, description } of CATALOGUE.values()) {
      expect(PERMISSIONS).toContain(permission)
      expect(description).toMatch(/^[A-Z].+\.$/)
    }
  })

  it('tells a fault of a monitor as it is documented', () => {
    const data = { error: 'Connection timed out', url: 'https://example.com', name: 'Main Website', monitorId: 7 }
    expect(misfits({ type: 'monitor.down', data })).toEqual([])
    expect(JSON.stringify(toldData('monitor.down', data))).toBe(
      '{"monitor_id":7,"name":"Main Website","url":"https://example.com","error":"Connection timed out"}',
    )
  })

  it('leaves the words of free fields as somebody wrote them', () => {
    expect(
      toldData('asset.created', { customFields: { shelfNo: { rowNo: 1 } }, assetType: 'switch', newcomer: 1 }),
    ).toEqual({
      asset_type: 'switch',
      custom_fields: { shelfNo: { rowNo: 1 } },
      newcomer: 1,
    })
  })
})
