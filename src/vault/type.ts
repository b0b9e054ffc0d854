import { builder } from '../core/builder.ts'
import { enumOf } from '../core/enums.ts'
import { relatedList } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { BreachStatus as STATUSES, PasswordType as TYPES } from '../db/generated/enums.ts'
import { Tag } from '../inventory/tags.ts'
import { RevealGrants } from './grants/type.ts'

/** What is shown of a password, whatever it is. */
export const MASK = '**********'

export const DISPLAY: Record<keyof typeof TYPES, string> = {
  website: 'Website Login',
  email: 'Email Account',
  windows_ad: 'Windows/Active Directory',
  database: 'Database',
  ssh_key: 'SSH Key',
  api_key: 'API Key',
  otp: 'OTP/TOTP (2FA)',
  credit_card: 'Credit Card',
  network_device: 'Network Device',
  server: 'Server/VPS',
  ftp: 'FTP/SFTP',
  vpn: 'VPN',
  wifi: 'WiFi Network',
  software_license: 'Software License',
  other: 'Other',
}

export const PasswordType = enumOf('PasswordType', TYPES, 'What a vault entry opens.')
const BreachStatus = enumOf(
  'BreachStatus',
  STATUSES,
  'Whether a password occurs in known breaches; UNKNOWN until it could be looked up.',
)

const displaySql = (row: string): string =>
  `CASE ${row}.password_type ${Object.entries(DISPLAY)
    .map(([type, words]) => `WHEN '${type}' THEN '${words}'`)
    .join(' ')} END`

/** Set on a row by the verb that reveals it, and on no other. */
export type Revealed = { revealed?: string | null }

export const PasswordEntry = builder.prismaObject('PasswordEntry', {
  description: 'A credential that people share. Its secrets are stored encrypted and shown to whoever reveals them.',
  authScopes: { can: 'vault:read' },
  select: { organizationId: true, id: true },
  fields: (t) => ({
    id: t.exposeID('id'),
    title: t.exposeString('title'),
    passwordType: t.expose('passwordType', { type: PasswordType }),
    passwordTypeDisplay: t.string({
      description: 'The type in words.',
      read: { sql: displaySql },
      select: { passwordType: true },
      resolve: ({ passwordType }) => DISPLAY[passwordType],
    }),
    username: t.exposeString('username', { nullable: true }),
    password: t.string({
      nullable: true,
      description: `\`${MASK}\` unless it is revealed; null where there is none.`,
      read: { sql: (row) => `CASE WHEN ${row}.has_password THEN '${MASK}' END` },
      select: { hasPassword: true },
      resolve: ({ hasPassword, ...row }) => (row as Revealed).revealed ?? (hasPassword ? MASK : null),
    }),
    url: t.exposeString('url', { nullable: true }),
    notes: t.exposeString('notes', { nullable: true }),
    otpIssuer: t.exposeString('otpIssuer', { nullable: true, description: 'Who made its one-time codes necessary.' }),
    hasOtp: t.exposeBoolean('hasOtp', { description: 'Whether it makes one-time codes.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true }),
    isExpired: t.boolean({
      read: { sql: (row, now) => `coalesce(${row}.expires_at <= ${now()}, false)` },
      select: { expiresAt: true },
      resolve: ({ expiresAt }, _args, { clock }) => expiresAt !== null && expiresAt <= clock.now(),
    }),
    breachStatus: t.expose('breachStatus', { type: BreachStatus }),
    breachCount: t.exposeInt('breachCount', { nullable: true, description: 'How often known breaches have it.' }),
    lastBreachCheck: t.expose('lastBreachCheck', {
      type: 'DateTime',
      nullable: true,
      description: 'When its present password was last looked up.',
    }),
    requiresApproval: t.exposeBoolean('requiresApproval', {
      description: 'Whether somebody else has to approve that it is revealed.',
    }),
    assetId: t.exposeID('assetId', { nullable: true }),
    asset: t.relation('asset', { nullable: true, description: 'What it opens.' }),
    tags: t.field({
      type: [Tag],
      description: 'By name.',
      complexity: 3,
      read: { through: ['tags', 'tag'], orderBy: [{ name: 'asc' }, { id: 'asc' }] },
      select: (_args, _ctx, nested) => ({
        tags: { select: { tag: nested(true) }, orderBy: [{ tag: { name: 'asc' } }, { tagId: 'asc' }] },
      }),
      resolve: ({ tags }) => tags.map(({ tag }) => tag),
    }),
    revealGrants: relatedList(t, RevealGrants, 'revealGrants', { description: 'Who asked to see it, newest first.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const PasswordEntries = defineList({
  model: 'PasswordEntry',
  filter: {
    title: 'String',
    passwordType: PasswordType,
    username: 'String',
    url: 'String',
    otpIssuer: 'String',
    hasOtp: 'Boolean',
    expiresAt: 'DateTime',
    isExpired: {
      type: 'Boolean',
      path: ['expiresAt'],
      when: (now) => ({
        true: { AND: [{ expiresAt: { not: null } }, { expiresAt: { lte: now } }] },
        false: { OR: [{ expiresAt: { equals: null } }, { expiresAt: { gt: now } }] },
      }),
    },
    breachStatus: BreachStatus,
    lastBreachCheck: 'DateTime',
    requiresApproval: 'Boolean',
    assetId: 'ID',
    tag: { type: 'String', path: ['tags', 'some', 'tag', 'slug'] },
    tagId: { type: 'ID', path: ['tags', 'some', 'tagId'] },
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['searchText'],
  order: [
    'id',
    'title',
    'passwordType',
    'username',
    'url',
    'notes',
    'otpIssuer',
    'hasOtp',
    'expiresAt',
    'lastBreachCheck',
    'createdAt',
    'updatedAt',
  ],
  defaultOrder: '-createdAt',
})
