import type { Prisma } from '../../db/client.ts'
import type { Permission } from '../permissions.ts'
import { columnsOf, type Fields, INTEGER, listOf, object, type Schema, someOf, TEXT, TEXT_OR_NONE } from './fields.ts'

/** What an event says happened, and what it tells where that is not the resource's row. */
type Said = string | { says: string; data: Schema }
type Row = { model: Prisma.ModelName; hidden?: readonly string[]; always?: Fields; sometimes?: Fields }

/** A resource whose events tell its row. */
const rowsOf = <const V extends Record<string, Said>>(
  permission: Permission,
  row: Row | Prisma.ModelName,
  verbs: V,
) => {
  const { model, hidden, always, sometimes } = typeof row === 'string' ? ({ model: row } as Row) : row
  return {
    permission,
    verbs,
    hidden: hidden ?? [],
    data: object({ ...columnsOf(model, hidden), ...always }, sometimes),
  }
}

/** A resource whose events tell something of their own. */
const saying = <const V extends Record<string, Said>>(permission: Permission, data: Schema, verbs: V) => ({
  ...{ permission, verbs, data, hidden: [] as readonly string[] },
})

const made = <const W extends string>(what: W) => ({
  created: `${what} was recorded.`,
  updated: `${what} changed.`,
})
const written = <const W extends string>(what: W) => ({ ...made(what), deleted: `${what} was deleted.` })

const TAGS = { tagIds: listOf(INTEGER) }
const INVOICE_LINES = listOf(
  object(someOf('InvoiceLine', ['position', 'description', 'quantity', 'unitPrice', 'amount'])),
)
const PAYROLL_LINES = listOf(object(someOf('PayrollLine', ['employeeId', 'gross', 'net'])))

const BREACH = object(
  someOf('PasswordEntry', ['id', 'title', 'username', 'url', 'breachStatus', 'breachCount', 'lastBreachCheck']),
)
const SEEN = object(someOf('PasswordEntry', ['id', 'title']), { grantId: INTEGER })
const seen = (says: string) => ({ says, data: SEEN })

const REVEALED = object({ ...someOf('Credential', ['id', 'name']), reason: TEXT_OR_NONE }, { grantId: INTEGER })

const KEY_HIDDEN = ['publicId', 'lastUsedAt', 'lastUsedAddress', 'createdAt', 'updatedAt', 'owner']

const STATUS = someOf('MonitorCheck', ['status']).status!
const CHECK = someOf('MonitorCheck', ['status', 'via', 'statusCode', 'responseTimeMs', 'error'])
const MONITORED = { monitorId: INTEGER, name: TEXT, url: TEXT_OR_NONE }

const TABLE_COLUMNS = listOf(object({ name: TEXT, type: TEXT }))
const RENAMED = listOf(object({ from: TEXT, to: TEXT }))
const ALTERED = { addedColumns: TABLE_COLUMNS, renamedColumns: RENAMED, droppedColumns: listOf(TEXT) }
const TABLE_ROWS = object(
  { tableId: INTEGER, name: TEXT, count: INTEGER, ids: listOf(INTEGER) },
  { columns: listOf(TEXT) },
)

const TIME: Schema = { type: 'string', format: 'date-time' }
const REPLAY = object({ id: INTEGER, since: TIME, until: TIME, failedOnly: { type: 'boolean' }, count: INTEGER })

/**
 * Everything that is announced, by the resource that it happens to: `lead` and `converted` make the event
 * `lead.converted`. Its permission is what somebody needs to be told of it.
 */
export const RESOURCES = {
  api_key: rowsOf(
    'keys:manage',
    { model: 'ApiKey', hidden: KEY_HIDDEN },
    {
      ...made('An API key'),
      rotated: 'An API key was given a new secret.',
      revoked: 'An API key was revoked for good.',
    },
  ),
  account: saying('users:manage', object({ id: INTEGER, email: TEXT }), {
    password_changed: 'A person has another password; their other sessions are over.',
    second_factor_begun: 'A person was shown the secret of a second factor, which is not in force yet.',
    second_factor_added: 'A person has a second factor, or another one, from now on.',
    second_factor_removed: 'A person took their second factor away.',
    second_factor_reset: 'Somebody else took a person’s second factor away.',
    recovery_codes_renewed: 'A person has new recovery codes; those before are good for nothing.',
    recovery_code_used: 'A person signed in by a recovery code.',
  }),
  app: rowsOf('apps:read', 'App', written('An app')),
  asset: rowsOf('assets:read', { model: 'Asset', always: TAGS }, written('An asset')),
  backup_run: rowsOf(
    'backups:run',
    { model: 'BackupRun', hidden: ['storageKey', 'keyId'] },
    {
      created: 'Somebody asked for a backup of a project, or its schedule did.',
      succeeded: 'A backup was made.',
      verifying: 'Somebody asked for a backup to be proved.',
      verified: 'A backup was restored where nobody sees it, and is what was backed up.',
      restoring: 'Somebody asked for a project to be brought back.',
      restored: 'A project was brought back from a backup.',
      deleted: 'A backup was deleted, by hand or because its time was over.',
    },
  ),
  backup_schedule: rowsOf('backups:run', 'BackupSchedule', written('A schedule of backups')),
  budget: rowsOf('finance:read', 'Budget', written('A budget')),
  business_line: rowsOf('finance:read', 'BusinessLine', written('A business line')),
  client: rowsOf('clients:read', 'Client', written('A client')),
  credential: rowsOf(
    'credentials:read',
    { model: 'Credential', hidden: ['keyId'] },
    {
      ...written('A credential'),
      rotated: 'An issued credential was given another password; the sessions of the one before are over.',
      revoked: 'An issued credential was taken away, with its role and its sessions.',
      expired: 'The time of an issued credential is over; its role and its sessions are gone.',
      revealed: { says: 'Somebody was shown the URI of a credential.', data: REVEALED },
    },
  ),
  credential_grant: rowsOf('credentials:read', 'CredentialGrant', {
    created: 'Somebody asked to see a credential that needs approval.',
    approved: 'Somebody may see a credential.',
    refused: 'Somebody may not see a credential.',
  }),
  deployment: rowsOf('apps:read', 'Deployment', written('A deployment')),
  document: rowsOf(
    'documents:read',
    { model: 'Document', hidden: ['storageKey'] },
    {
      created: 'A document was uploaded.',
      deleted: 'A document was deleted.',
    },
  ),
  employee: rowsOf('hr:read', 'Employee', written('An employee')),
  finding: rowsOf('findings:read', 'Finding', {
    created: 'A weakness was reported for the first time.',
    seen: 'A known weakness was reported again.',
    resolved: 'A finding was resolved.',
    dismissed: 'A finding was accepted as it is.',
    reopened: 'A finding is open again.',
  }),
  group: rowsOf('projects:read', 'Group', written('A group of a project')),
  invoice: rowsOf(
    'invoices:read',
    { model: 'Invoice', sometimes: { lines: INVOICE_LINES } },
    {
      ...made('An invoice'),
      sent: 'An invoice went to its client.',
      paid: 'An invoice was paid in full.',
      overdue: 'The day passed by which an invoice was due.',
      voided: 'An invoice was voided.',
      reopened: 'A payment was taken back: a paid invoice is open again.',
    },
  ),
  job: rowsOf(
    'jobs:read',
    { model: 'Job', hidden: ['key', 'ticket', 'handedOver'] },
    {
      created: 'Somebody asked for a job. Those that a schedule queues are not announced.',
      retried: 'A job that failed or was cancelled was queued again.',
      cancelled: 'A job was taken out of the queue, or told to stop.',
      failed: 'A job failed as often as it may be tried.',
    },
  ),
  lead: rowsOf('leads:read', 'Lead', { ...written('A lead'), converted: 'A lead became a client.' }),
  leave_request: rowsOf('hr:read', 'LeaveRequest', {
    created: 'Leave was requested.',
    approved: 'Leave was approved.',
    rejected: 'Leave was rejected.',
    cancelled: 'Leave was cancelled.',
  }),
  monitor: rowsOf('monitors:read', 'Monitor', {
    ...written('A monitor'),
    down: {
      says: 'What a monitor watches does not answer, as a second check confirmed.',
      data: object({ ...MONITORED, error: TEXT_OR_NONE }, { target: TEXT_OR_NONE }),
    },
    up: {
      says: 'What a monitor watches answers again.',
      data: object(MONITORED, { target: TEXT_OR_NONE }),
    },
    status_changed: {
      says: 'The status of a monitor changed otherwise: it answers for the first time, or with a warning, or it cannot be told.',
      data: object({ ...MONITORED, from: STATUS, to: STATUS, error: TEXT_OR_NONE }, { target: TEXT_OR_NONE }),
    },
    checked: { says: 'Somebody had a monitor checked at once.', data: object({ ...MONITORED, ...CHECK }) },
  }),
  note: rowsOf('notes:read', 'Note', written('A note')),
  opportunity: rowsOf('opportunities:read', 'Opportunity', {
    ...written('An opportunity'),
    won: 'An opportunity was won.',
    lost: 'An opportunity was lost.',
  }),
  organization: saying(
    'organizations:read',
    object({ slug: TEXT, name: TEXT, owner: { ...TEXT, description: 'The mail address of its first owner.' } }),
    {
      created: 'The organization was founded.',
      updated: { says: 'The organization changed.', data: object(columnsOf('Organization')) },
    },
  ),
  password_entry: rowsOf(
    'vault:read',
    { model: 'PasswordEntry', hidden: ['keyId'], always: TAGS },
    {
      ...written('A vault entry'),
      checked: { says: 'A password was looked up among breached ones.', data: BREACH },
      revealed: seen('Somebody was shown a password.'),
      otp_read: seen('Somebody was shown a one-time code.'),
    },
  ),
  payment: rowsOf('invoices:read', 'Payment', {
    created: 'Money was received for an invoice.',
    deleted: 'A payment was taken back.',
  }),
  payroll_run: rowsOf(
    'hr:read',
    { model: 'PayrollRun', sometimes: { lines: PAYROLL_LINES } },
    {
      ...written('A payroll run'),
      approved: 'A payroll run was approved.',
      paid: 'A payroll run was paid.',
    },
  ),
  project: rowsOf('projects:read', 'Project', {
    ...written('A project'),
    archived: 'A project that has groups was to be deleted, and was put away instead.',
  }),
  recurring_cost: rowsOf('finance:read', 'RecurringCost', written('A recurring cost')),
  reveal_grant: rowsOf('vault:read', 'RevealGrant', {
    created: 'Somebody asked to see a secret that needs approval.',
    approved: 'Somebody may see a secret.',
    refused: 'Somebody may not see a secret.',
  }),
  session: saying('users:manage', object({ id: INTEGER, userId: INTEGER, email: TEXT }), {
    created: 'Somebody signed in.',
    refreshed: 'A session was given new tokens.',
    revoked: 'A session was ended.',
    reused: 'A session was ended because a refresh token was shown a second time: one of the two was a thief.',
  }),
  table: rowsOf(
    'tables:read',
    { model: 'ManagedTable', sometimes: { columns: TABLE_COLUMNS, ...ALTERED } },
    {
      created: 'A table was made in the database.',
      updated: 'A table was renamed or moved, or its columns changed.',
      deleted: 'A table was dropped, with its rows.',
      discovered: 'A table, a foreign table or a view was found that was not made here.',
    },
  ),
  table_row: saying('tables:read', TABLE_ROWS, {
    created: 'Rows were inserted into a table. What they hold is not told.',
    updated: 'A row of a table changed. What it holds is not told.',
    deleted: 'A row of a table was deleted. What it held is not told.',
  }),
  tag: rowsOf('assets:read', 'Tag', written('A tag')),
  tool: rowsOf('tools:read', 'Tool', written('A tool')),
  transaction: rowsOf('finance:read', 'Transaction', written('A transaction')),
  user: rowsOf(
    'users:manage',
    { model: 'Membership', hidden: ['invitationExpiresAt', 'hasSecondFactor', 'user'], always: { email: TEXT } },
    {
      invited: 'Somebody was invited to the organization.',
      joined: 'Somebody accepted an invitation.',
      updated: 'How a person belongs to the organization changed.',
      removed: 'A person does not belong to the organization any more.',
    },
  ),
  vault: saying('vault:read', BREACH, { breach: 'A password was found among breached ones.' }),
  vehicle: rowsOf('vehicles:read', 'Vehicle', written('A vehicle')),
  vendor: rowsOf('finance:read', 'Vendor', written('A vendor')),
  webhook_delivery: rowsOf(
    'webhooks:manage',
    { model: 'WebhookDelivery', hidden: ['lease', 'lastResponseBody'] },
    { retried: 'Somebody had an event sent again.' },
  ),
  webhook_endpoint: rowsOf(
    'webhooks:manage',
    { model: 'WebhookEndpoint', hidden: ['keyId'] },
    {
      ...written('A webhook endpoint'),
      rotated: 'A webhook endpoint was given a new secret.',
      disabled: 'A webhook endpoint is sent nothing any more: it failed for too long, or asked for it by 410.',
      tested: 'Somebody wanted to see whether an endpoint receives this.',
      replayed: { says: 'Somebody had the events of a time sent again.', data: REPLAY },
    },
  ),
  vulnerability: rowsOf('findings:read', 'Finding', { found: 'A vulnerability was reported for the first time.' }),
}
