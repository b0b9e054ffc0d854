import type { Envelope } from '../core/envelope.ts'
import type { PasswordType } from '../db/generated/enums.ts'
import { readOtp } from '../vault/otp.ts'
import { placeOf, sealed } from '../vault/secrets.ts'
import type { Rows } from './batch.ts'
import type { Calendar } from './calendar.ts'
import type { Inventory } from './inventory.ts'
import type { Staffed } from './people.ts'

type Secrets = { password: string | null; otpSecret: string | null }
type Plain = Omit<Parameters<typeof Rows.prototype.add<'PasswordEntry'>>[1], 'wrappedKey' | 'keyId'>

/** A vault entry whose secrets are encrypted like any other's. */
export function addEntry(rows: Rows, envelope: Envelope, secrets: Secrets, plain: Plain): number {
  const place = placeOf(rows, rows.next('PasswordEntry'))
  const { key, stored } = envelope.create(place)
  return rows.add('PasswordEntry', { ...stored, ...sealed(key, secrets), ...plain })
}

const OTP = 'otpauth://totp/OmniForge:ops?secret=JBSWY3DPEHPK3PXP&issuer='
const [CRITICAL, OFFICE, DATA_CENTER] = [0, 1, 2]
const SWITCH = 3
const FIREWALL = 21
const SERVER = 26

type Entry = {
  title: string
  type: PasswordType
  username?: string
  url?: string
  asset?: number
  tags?: number[]
  otp?: string
  guarded?: boolean
  /** In so many days. */
  expires?: number
  notes?: string
}

/** The last one makes codes and needs nobody's approval. */
const ENTRIES: Entry[] = [
  { title: 'Core switch', type: 'network_device', username: 'admin', asset: SWITCH, tags: [DATA_CENTER] },
  { title: 'Firewall', type: 'network_device', username: 'admin', asset: FIREWALL, tags: [CRITICAL], guarded: true },
  { title: 'Hypervisor', type: 'server', username: 'root', asset: SERVER, tags: [DATA_CENTER], guarded: true },
  { title: 'omni-main', type: 'database', username: 'doadmin', tags: [CRITICAL], guarded: true, expires: 90 },
  { title: 'Domain administrator', type: 'windows_ad', username: 'OMNI\\administrator', guarded: true, expires: 30 },
  { title: 'Deploy key', type: 'ssh_key', username: 'deploy', notes: 'Read-only, for the build machines.' },
  { title: 'Mail relay', type: 'email', username: 'relay@example.com', url: 'https://mail.example.com' },
  { title: 'Office wireless', type: 'wifi', username: 'OmniForge', tags: [OFFICE], expires: -20 },
  { title: 'Site-to-site VPN', type: 'vpn', username: 'hq', url: 'https://vpn.example.com', guarded: true },
  { title: 'Backup storage', type: 'ftp', username: 'backup', url: 'sftp://backup.example.com', expires: -2 },
  { title: 'Payment gateway', type: 'api_key', url: 'https://pay.example.com', tags: [CRITICAL], guarded: true },
  { title: 'Design suite', type: 'software_license', notes: 'Ten seats.', expires: 200 },
  { title: 'Registrar', type: 'website', username: 'domains', url: 'https://registrar.example.com', otp: 'Registrar' },
  { title: 'Cloud console', type: 'website', username: 'ops', url: 'https://cloud.example.com', otp: 'Cloud' },
]

type Wish = { entry: number; reason: string }
const WISHES: Wish[] = [
  { entry: 1, reason: 'The uplink has to be reconfigured.' },
  { entry: 2, reason: 'A disk has to be replaced.' },
  { entry: 3, reason: 'The yearly restore drill.' },
  { entry: 8, reason: 'The other end changes its provider.' },
  { entry: 10, reason: 'A new terminal was delivered.' },
]

export function addVault(staffed: Staffed, inventory: Inventory, calendar: Calendar, envelope: Envelope): void {
  const { rows } = staffed
  const made = ENTRIES.map((entry, nth) => addOne(rows, entry, nth, inventory, calendar, envelope))
  for (const [nth, { tags = [] }] of ENTRIES.entries())
    for (const tag of tags) rows.add('PasswordEntryTag', { passwordEntryId: made[nth]!, tagId: inventory.tags[tag]! })
  addWishes(staffed, made, calendar)
}

function addOne(
  rows: Rows,
  { title, type: passwordType, asset, otp, guarded = false, expires, ...plain }: Entry,
  nth: number,
  inventory: Inventory,
  { at, day }: Calendar,
  envelope: Envelope,
): number {
  const otpSecret = otp === undefined ? null : OTP + otp
  const otpIssuer = otpSecret && readOtp(otpSecret).issuer
  const { username = null, url = null, notes = null } = plain
  return addEntry(
    rows,
    envelope,
    { password: `demo-${nth + 1}-${title.toLowerCase().replaceAll(' ', '-')}`, otpSecret },
    {
      ...{ title, passwordType, username, url, notes, otpIssuer, requiresApproval: guarded },
      assetId: asset === undefined ? null : inventory.assets[asset]!,
      expiresAt: expires === undefined ? null : day(expires),
      ...{ createdAt: at(-120 + nth, '10:00'), updatedAt: at(-30 + nth, '15:00') },
    },
  )
}

function addWishes({ rows, ids }: Staffed, entries: readonly number[], { at }: Calendar): void {
  rows.add('RevealGrant', {
    ...{ passwordEntryId: entries[1]!, userId: ids.admin, reason: 'Quarterly review of the rules.', state: 'used' },
    ...{ decidedById: ids.owner, decidedAt: at(-40, '09:30'), expiresAt: at(-40, '10:30'), usedAt: at(-40, '09:45') },
    createdAt: at(-40, '09:00'),
  })
  for (const [nth, { entry, reason }] of WISHES.entries())
    rows.add('RevealGrant', {
      ...{ passwordEntryId: entries[entry]!, userId: ids.admin, reason, createdAt: at(-1, `0${nth + 5}:10`) },
    })
}
