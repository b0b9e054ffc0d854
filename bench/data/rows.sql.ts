import { parsed } from './keys.ts'
import type { Shape } from './shape.ts'

const SINCE = "timestamptz '2024-01-01 00:00:00Z'"
const LEADS_PER_CLIENT = 10
/** One kind in ten is a switch: what W5 searches for. */
const KINDS =
  "ARRAY['laptop', 'switch', 'printer', 'access point', 'storage', 'desktop', 'power supply', 'firewall', 'phone', 'monitor']"
const MAKERS = "ARRAY['Dell', 'Cisco', 'HP', 'Aruba', 'Synology', 'Lenovo', 'APC']"

/** Row i belongs to organization 1 + (i − 1) mod n; within it, rows are told apart by this ordinal. */
const owner = (organizations: number) => `1 + (i - 1) % ${organizations}`
const ordinal = (organizations: number) => `((i - 1) / ${organizations})`

/** A pseudo-random whole number below `below`, the same on every machine. */
const chance = (salt: string, below: number) => `(('x' || substr(md5('${salt}' || i), 1, 7))::bit(28)::int % ${below})`

const accounts = ({ organizations }: Shape) => [
  `INSERT INTO organization (id, slug, name) SELECT i, 'organization-' || i, 'Organization ' || i FROM generate_series(1, ${organizations}) i`,
  `INSERT INTO app_user (id, email, display_name) SELECT i, 'owner' || i || '@example.com', 'Owner ' || i FROM generate_series(1, ${organizations}) i`,
  `INSERT INTO membership (organization_id, user_id, role) SELECT i, i, 'owner' FROM generate_series(1, ${organizations}) i`,
]

/** Everything permitted, and a bucket that no run can empty. */
function key(organization: number): string {
  const { prefix, hash } = parsed(organization)
  return `INSERT INTO api_key (id, organization_id, owner_id, family, name, prefix, hash, scopes, is_admin, bucket_capacity, bucket_refill_per_second)
    VALUES (${organization}, ${organization}, ${organization}, 'dashboard', 'Bench', '${prefix}', '\\x${hash.toString('hex')}', '{}', true, 1000000000, 1000000)`
}

const clients = ({ organizations, clients }: Shape) =>
  `INSERT INTO client (id, organization_id, name, email, phone, created_at, updated_at)
  SELECT i, ${owner(organizations)}, 'Client ' || i, 'client' || i || '@example.com', '+44 20 ' || lpad(i::text, 8, '0'), at, at
  FROM generate_series(1, ${clients}) i, LATERAL (SELECT ${SINCE} + i * interval '1 hour' AS at) t`

const leads = ({ organizations, leads, clients }: Shape) =>
  `INSERT INTO lead (id, organization_id, client_id, owner_id, name, email, phone, company, source, status, score, notes, created_at, updated_at)
  SELECT i, ${owner(organizations)}, CASE WHEN i % ${LEADS_PER_CLIENT} = 0 THEN ${aClient({ organizations, clients })} END, ${owner(organizations)},
    'Person ' || i, 'person' || i || '@example.com', '+44 77 ' || lpad(i::text, 8, '0'), 'Company ' || ${chance('company', 9000)},
    (ARRAY['website', 'referral', 'phone'])[1 + i % 3], (ARRAY['new', 'contacted', 'qualified', 'converted', 'lost'])[1 + i % 5]::lead_status,
    ${chance('score', 101)}, 'Asked about a ' || (${KINDS})[1 + i % 10], at, at
  FROM generate_series(1, ${leads}) i, LATERAL (SELECT ${SINCE} + i * interval '11 minutes' AS at) t`

const aClient = ({ organizations, clients }: Pick<Shape, 'organizations' | 'clients'>) =>
  `${owner(organizations)} + ${organizations} * (${ordinal(organizations)} % ${Math.floor(clients / organizations)})`

/** A late one would be marked overdue while something is measured. */
const SENT = 1
const NEVER_LATE = 36_500

const invoices = ({ organizations, invoices, clients }: Shape) =>
  `INSERT INTO invoice (id, organization_id, client_id, number, status, currency, subtotal, tax, total, issued_on, due_on, created_at, updated_at)
  SELECT i, ${owner(organizations)}, ${aClient({ organizations, clients })}, 'INV-' || lpad(i::text, 6, '0'),
    (ARRAY['draft', 'sent', 'paid', 'overdue', 'void'])[1 + i % 5]::invoice_status, 'EUR', net, net * 0.2, net * 1.2, at::date,
    at::date + CASE WHEN i % 5 = ${SENT} THEN ${NEVER_LATE} ELSE 30 END, at, at
  FROM generate_series(1, ${invoices}) i, LATERAL (SELECT ${SINCE} + i * interval '9 minutes' AS at, ${chance('net', 500000)} / 100.0 AS net) t`

const lines = ({ organizations, invoices, linesPerInvoice }: Shape) =>
  `INSERT INTO invoice_line (id, organization_id, invoice_id, position, description, quantity, unit_price, amount)
  SELECT (i - 1) * ${linesPerInvoice} + position, ${owner(organizations)}, i, position, 'Line ' || position || ' of invoice ' || i || ': managed service', position, price, price * position
  FROM generate_series(1, ${invoices}) i, generate_series(1, ${linesPerInvoice}) position, LATERAL (SELECT ${chance('price', 30000)} / 100.0 AS price) t`

const assets = ({ assets, assetOrganizations }: Shape) =>
  `INSERT INTO asset (id, organization_id, created_by_id, name, asset_type, serial_number, model, manufacturer, hostname, ip_address, mac_address, location, notes, is_active, created_at, updated_at)
  SELECT i, ${owner(assetOrganizations)}, ${owner(assetOrganizations)}, maker || ' ' || kind || ' ' || i, kind, 'SN' || upper(substr(md5('serial' || i), 1, 10)),
    upper(substr(kind, 1, 3)) || '-' || ${chance('model', 9000)}, maker, 'host-' || i, '10.' || i / 65536 % 256 || '.' || i / 256 % 256 || '.' || i % 256,
    '02:00:00:' || to_char(i / 65536 % 256, 'FM00') || ':0a:0b', 'Floor ' || i % 9, 'Purchased under contract ' || i % 500 || ', reviewed ' || i % 90 || ' days ago', i % 20 <> 0, at, at
  FROM generate_series(1, ${assets}) i, LATERAL (
    SELECT ${SINCE} + i * interval '5 minutes' AS at, (${KINDS})[1 + ${ordinal(assetOrganizations)} % 10] AS kind, (${MAKERS})[1 + ${chance('maker', 7)}] AS maker
  ) t`

/** Every row of the benchmark's database, in the order in which foreign keys allow it. */
export const rows = (shape: Shape): string[] => [
  ...accounts(shape),
  ...Array.from({ length: shape.organizations }, (_, i) => key(i + 1)),
  clients(shape),
  leads(shape),
  invoices(shape),
  lines(shape),
  assets(shape),
]

export const SEEDED = [
  'organization',
  'app_user',
  'api_key',
  'client',
  'lead',
  'invoice',
  'invoice_line',
  'asset',
] as const
