import type { Envelope } from '../core/envelope.ts'
import { placeOf, sealedUri } from '../platform/credentials/secrets.ts'
import type { Rows } from './batch.ts'
import type { Calendar } from './calendar.ts'
import type { Staffed } from './people.ts'

type Row = Parameters<typeof Rows.prototype.add<'Credential'>>[1]
type Plain = Pick<Row, 'name'> & Partial<Row>

/** A credential whose URI is encrypted like any other's. */
export function addCredential(rows: Rows, envelope: Envelope, uri: string, plain: Plain): number {
  const place = placeOf(rows, rows.next('Credential'))
  const { key, stored } = envelope.create(place)
  return rows.add('Credential', { ...stored, ...sealedUri(key, uri), ...plain })
}

type Entry = { name: string; uri: string; group?: string; guarded?: true; description?: string; expires?: number }

const ENTRIES: Entry[] = [
  {
    ...{
      name: 'Orders',
      group: 'omni-suite/production',
      guarded: true,
      description: 'The primary; orders and payments.',
    },
    uri: 'postgresql://orders_app:demo-orders-primary@db.omniforge.example.com:5432/orders?sslmode=verify-full',
  },
  {
    ...{ name: 'Orders, read only', group: 'omni-suite/reporting', description: 'A replica, a few seconds behind.' },
    uri: 'postgresql://orders_reader:demo-orders-replica@replica.omniforge.example.com:5432/orders?sslmode=verify-full',
  },
  {
    ...{ name: 'Orders, staging', group: 'omni-suite/staging', expires: 60 },
    uri: 'postgresql://orders_app:demo-orders-staging@db.staging.example.com:5432/orders?sslmode=require',
  },
  {
    ...{ name: 'Portal', group: 'customer-portal/production', guarded: true },
    uri: 'mysql://portal:demo-portal@mysql.omniforge.example.com:3306/portal?charset=utf8mb4',
  },
  {
    ...{
      name: 'Sessions',
      group: 'customer-portal/production',
      guarded: true,
      description: 'May be emptied at any time.',
    },
    uri: 'rediss://default:demo-sessions@cache.omniforge.example.com:6380/0',
  },
  {
    ...{ name: 'Events', guarded: true },
    uri: 'mongodb+srv://events:demo-events@cluster0.example.com/events?retryWrites=true&w=majority',
  },
  {
    ...{ name: 'Warehouse', group: 'omni-suite/reporting', description: 'Filled every night.' },
    uri: 'clickhouse://analyst:demo-warehouse@warehouse.omniforge.example.com:9000/facts',
  },
  {
    ...{ name: 'Ledger', group: 'internal-tools/finance', guarded: true, expires: -5 },
    uri: 'sqlserver://ledger:demo-ledger@mssql.omniforge.example.com:1433/ledger?encrypt=true',
  },
]

const WISHES = [
  'An order is stuck between two states.',
  'The portal’s slow queries have to be looked at.',
  'Somebody cannot sign out.',
  'The event store is to be measured.',
  'The auditors ask for last year’s postings.',
]

export function addCredentials(
  { rows, ids }: Staffed,
  groups: ReadonlyMap<string, number>,
  { at, day }: Calendar,
  envelope: Envelope,
): void {
  const made = ENTRIES.map(({ name, uri, group, guarded = false, description = '', expires }, nth) => {
    const since = at(-90 + nth, '11:00')
    return addCredential(rows, envelope, uri, {
      ...{ name, description, requiresApproval: guarded, groupId: group === undefined ? null : groups.get(group)! },
      ...{
        expiresAt: expires === undefined ? null : day(expires),
        rotatedAt: since,
        createdAt: since,
        updatedAt: since,
      },
    })
  })
  const guarded = made.filter((_id, nth) => ENTRIES[nth]!.guarded)
  rows.add('CredentialGrant', {
    ...{ credentialId: guarded[0]!, userId: ids.admin, reason: 'The monthly reconciliation.', state: 'used' },
    ...{ decidedById: ids.owner, decidedAt: at(-20, '09:30'), expiresAt: at(-20, '10:30'), usedAt: at(-20, '09:45') },
    createdAt: at(-20, '09:00'),
  })
  for (const [nth, reason] of WISHES.entries())
    rows.add('CredentialGrant', {
      ...{ credentialId: guarded[nth]!, userId: ids.admin, reason, createdAt: at(-1, `0${nth + 5}:20`) },
    })
}
