import { hash } from 'node:crypto'
import type { Envelope } from '../core/envelope.ts'
import type { Storage } from '../core/storage.ts'
import type { Calendar } from './calendar.ts'
import { addCredential } from './credentials.ts'
import { addDocuments, pdf } from './documents.ts'
import type { Staffed } from './people.ts'
import { addEntry } from './vault.ts'
import { addEndpoint } from './webhooks.ts'

/** In a text of every table of the second organization: whoever else reads it has found a leak. */
export const CANARY = 'CANARY-7f3a'

const says = (what: string): string => `${CANARY} ${what}`

/** A few rows in every table that belongs to organizations. */
export async function addCanaries(
  staffed: Staffed,
  storage: Storage,
  calendar: Calendar,
  envelope: Envelope,
): Promise<void> {
  const appId = canaryServers(staffed, calendar, envelope)
  canaryMoney(staffed, calendar)
  canaryPeople(staffed, calendar)
  canarySales(staffed, calendar)
  canaryVault(staffed, canaryThings(staffed, appId, calendar), calendar, envelope)
  canaryWebhooks(staffed, canaryActivity(staffed, calendar), calendar, envelope)
  await addDocuments(
    staffed.rows,
    storage,
    [pdf(`${CANARY} contract.pdf`, calendar.at(-9, '09:00'), [says('contract')])],
    staffed.ids.owner,
  )
}

function canaryServers({ rows, ids }: Staffed, { at, day, now }: Calendar, envelope: Envelope): number {
  const createdAt = at(-50, '10:00')
  const made = { createdAt, syncedAt: now }
  const appId = rows.add('App', {
    slug: `${CANARY}/app`,
    name: says('app'),
    url: `https://example.com/${CANARY}`,
    language: CANARY,
    pushedAt: now,
  })
  const dropletId = rows.add('Droplet', {
    ...{
      providerId: `${CANARY}-1`,
      name: says('droplet'),
      status: 'active',
      region: CANARY,
      size: CANARY,
      memoryGb: 1,
    },
    ...{ vcpus: 1, diskGb: 25, monthlyCost: '6.00', tags: [CANARY], ...made },
  })
  const project = { name: says('project'), slug: 'canary', description: says('description') }
  const projectId = rows.add('Project', { ...project, createdAt })
  const group = { name: says('group'), slug: 'canary', description: says('description') }
  const groupId = rows.add('Group', { projectId, ...group, createdAt })
  const uri = `postgresql://${CANARY}:${CANARY}-password@${CANARY}.example.com:5432/${CANARY}`
  const named = { name: says('credential'), description: says('description'), groupId, requiresApproval: true }
  const credentialId = addCredential(rows, envelope, uri, { ...named, createdAt })
  rows.add('CredentialGrant', { credentialId, userId: ids.admin, reason: says('reason'), createdAt })
  rows.add('Deployment', {
    appId,
    dropletId,
    appName: says('deployment'),
    githubRepo: `${CANARY}/app`,
    notes: says('notes'),
  })
  const cluster = { engine: 'pg', version: '17', region: CANARY, size: CANARY, nodes: 1, status: 'online' }
  rows.add('DatabaseCluster', { providerId: CANARY, name: says('database'), ...cluster, monthlyCost: '15.00', ...made })
  rows.add('Space', { name: says('space'), region: 'nyc3', endpoint: `https://example.com/${CANARY}`, ...made })
  const vps = { state: 'running', plan: CANARY, cpus: 1, memoryGb: 4, diskGb: 50, monthlyCost: '5.99' }
  rows.add('HostingerVps', { providerId: CANARY, hostname: says('vps'), ...vps, ...made })
  rows.add('Domain', { domain: `${CANARY}.example.com`, registrar: CANARY, expiresAt: day(99), ...made })
  rows.add('Finding', {
    ...{
      appId,
      source: CANARY,
      repo: `${CANARY}/app`,
      title: says('finding'),
      severity: 'critical',
      category: 'secret',
    },
    ...{
      soc2Control: 'CC6.1',
      firstSeenAt: now,
      lastSeenAt: now,
      fingerprint: CANARY,
      url: `https://example.com/${CANARY}`,
    },
  })
  return appId
}

function canaryMoney({ rows }: Staffed, { day, month }: Calendar): void {
  const { year, month: number } = month(0)
  const vendorId = rows.add('Vendor', { name: says('vendor'), email: 'canary-vendor@example.com' })
  const businessLineId = rows.add('BusinessLine', { name: says('business line') })
  const link = { vendorId, businessLineId }
  rows.add('Transaction', { kind: 'income', amount: '999983.00', occurredOn: day(-1), memo: says('memo'), ...link })
  rows.add('Budget', {
    ...{ name: says('budget'), businessLineId, period: 'month', amount: '999979.00' },
    startsOn: new Date(Date.UTC(year, number - 1, 1)),
  })
  rows.add('RecurringCost', { name: says('recurring cost'), vendorId, amount: '999961.00', interval: 'month' })
  rows.add('Tool', { name: says('tool'), category: CANARY, monthlyCost: '999959.00', credentialsHint: says('hint') })
}

function canaryPeople({ rows }: Staffed, { day, month }: Calendar): void {
  const employeeId = rows.add('Employee', { name: says('employee'), title: CANARY, hiredOn: day(-100) })
  const leave = { startsOn: day(-1), endsOn: day(1), reason: says('reason') }
  rows.add('LeaveRequest', { employeeId, kind: 'sick', status: 'approved', ...leave })
  const payrollRunId = rows.add('PayrollRun', { ...month(-1), status: 'paid' })
  rows.add('PayrollLine', { payrollRunId, employeeId, gross: '999953.00', net: '999931.00' })
}

function canarySales({ rows, ids }: Staffed, { day }: Calendar): void {
  const ownerId = ids.editor
  const clientId = rows.add('Client', { name: says('client'), industry: CANARY, notes: says('notes') })
  const leadId = rows.add('Lead', {
    name: says('lead'),
    company: CANARY,
    source: CANARY,
    clientId,
    ownerId,
    notes: says('notes'),
  })
  const opportunityId = rows.add('Opportunity', {
    clientId,
    leadId,
    ownerId,
    name: says('opportunity'),
    value: '999917.00',
  })
  const amounts = { subtotal: '999907.00', tax: '0.00', total: '999907.00' }
  const invoiceId = rows.add('Invoice', {
    ...{ clientId, opportunityId, number: `${CANARY}-1`, status: 'paid', ...amounts },
    ...{ issuedOn: day(-3), paidOn: day(-1), notes: says('notes') },
  })
  const line = { quantity: '1', unitPrice: '999907.00', amount: '999907.00' }
  rows.add('InvoiceLine', { invoiceId, position: 1, description: says('line'), ...line })
  rows.add('Payment', { invoiceId, amount: '999907.00', reference: says('payment'), paidOn: day(-1) })
}

function canaryThings({ rows, ids }: Staffed, appId: number, { at, day }: Calendar) {
  const tagId = rows.add('Tag', { name: says('tag'), slug: 'canary' })
  const assetId = rows.add('Asset', {
    ...{ name: says('switch'), assetType: 'switch', manufacturer: CANARY, location: CANARY, notes: says('notes') },
    ...{ serialNumber: CANARY, createdById: ids.editor, customFields: { marker: CANARY } },
  })
  rows.add('AssetTag', { assetId, tagId })
  rows.add('Vehicle', {
    ...{ name: says('vehicle'), make: CANARY, model: CANARY, color: CANARY, vin: CANARY, licensePlate: CANARY },
    ...{ insuranceProvider: CANARY, insurancePolicyNumber: CANARY, insurancePremium: '999883.00' },
    ...{ purchaseVendor: CANARY, purchasePrice: '999863.00', purchaseDate: day(-90), insuranceExpiresAt: day(90) },
    ...{ latitude: 37.3, longitude: -13.7, lastLocationUpdate: at(-1, '09:00') },
    ...{ notes: says('notes'), assignedToId: ids.editor },
  })
  const monitorId = rows.add('Monitor', {
    ...{ name: says('monitor'), checkType: 'http', url: `https://example.com/${CANARY}`, target: CANARY },
    ...{
      status: 'down',
      lastError: says('error'),
      expectedText: CANARY,
      lastCheckedAt: at(-1, '09:00'),
      assetId,
      appId,
    },
  })
  const checked = { at: at(-1, '09:00'), via: CANARY, error: says('error') }
  rows.add('MonitorCheck', { monitorId, status: 'down', ...checked })
  rows.add('Incident', { monitorId, openedAt: at(-1, '09:00'), cause: says('cause') })
  rows.add('UptimeDay', { monitorId, day: day(-1), checks: 7, failures: 7, responses: 0, responseTimeMs: 0n })
  const times = { createdAt: at(-3, '09:00'), updatedAt: at(-2, '09:00') }
  rows.add('Note', { title: says('note'), body: says('body'), tags: [CANARY], authorId: ids.editor, ...times })
  return { tagId, assetId }
}

function canaryVault(
  { rows, ids }: Staffed,
  { tagId, assetId }: { tagId: number; assetId: number },
  { at }: Calendar,
  envelope: Envelope,
): void {
  const secrets = { password: says('secret'), otpSecret: 'JBSWY3DPEHPK3PXP' }
  const passwordEntryId = addEntry(rows, envelope, secrets, {
    ...{ title: says('entry'), username: CANARY, url: `https://example.com/${CANARY}`, notes: says('notes') },
    ...{ otpIssuer: CANARY, assetId, createdAt: at(-3, '09:00') },
  })
  rows.add('PasswordEntryTag', { passwordEntryId, tagId })
  rows.add('RevealGrant', { passwordEntryId, userId: ids.admin, reason: says('reason'), createdAt: at(-1, '09:00') })
}

/** Says which event there is. */
function canaryActivity({ rows, ids }: Staffed, { at, day }: Calendar): number {
  const request = { requestId: `${CANARY}-request`, address: '192.0.2.7', at: at(-1, '08:00') }
  rows.add('RequestLog', {
    userId: ids.owner,
    method: 'GET',
    path: `/${CANARY}`,
    status: 200,
    durationMs: 1,
    ...request,
  })
  rows.add('AuditEvent', {
    ...{ actorKind: 'user', actorId: ids.owner, actorName: says('owner'), action: 'lead.created', targetType: 'lead' },
    ...{ targetId: '1', changes: { name: says('lead') }, ...request },
  })
  const { address: _, ...event } = request
  const eventId = rows.add('Event', { type: 'lead.created', data: { name: says('lead') }, ...event })
  rows.add('Job', {
    ...{
      name: `${CANARY}.job`,
      state: 'failed',
      input: { name: says('job') },
      attempts: 1,
      maxAttempts: 1,
      key: CANARY,
    },
    ...{ outcome: { told: says('outcome') }, error: says('error'), requestId: `${CANARY}-request`, handedOver: true },
    ...{ createdAt: at(-1, '07:00'), startedAt: at(-1, '07:01'), finishedAt: at(-1, '07:02') },
  })
  rows.add('IdempotencyRecord', {
    ...{ actor: CANARY, key: CANARY, fingerprint: Uint8Array.from(hash('sha256', CANARY, 'buffer')), status: 200 },
    ...{ lockedUntil: day(-1), createdAt: day(-1), expiresAt: day(3650) },
  })
  return eventId
}

function canaryWebhooks({ rows }: Staffed, eventId: number, { at }: Calendar, envelope: Envelope): void {
  const webhookEndpointId = addEndpoint(
    rows,
    envelope,
    {
      ...{ url: `https://example.com/${CANARY}`, description: says('endpoint'), events: ['*'], permissions: ['*'] },
      ...{ state: 'disabled', disabledReason: says('reason'), disabledAt: at(-1, '10:00'), createdAt: at(-2, '08:00') },
    },
    [{ name: `X-${CANARY}`, value: CANARY }],
  )
  const webhookDeliveryId = rows.add('WebhookDelivery', {
    ...{ webhookEndpointId, eventId, eventType: 'lead.created', state: 'failed', attempts: 1, failures: 1 },
    ...{ lastError: says('error'), lastResponseBody: says('answer'), createdAt: at(-1, '08:00') },
  })
  rows.add('WebhookAttempt', {
    ...{ webhookDeliveryId, number: 1, startedAt: at(-1, '08:00'), durationMs: 1, error: says('error') },
    ...{ requestHeaders: { marker: CANARY }, responseHeaders: { marker: CANARY }, responseBody: says('answer') },
  })
}
