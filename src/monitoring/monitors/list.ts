import { enumOf } from '../../core/enums.ts'
import { defineList } from '../../core/list/declare.ts'
import { CheckType as CHECKS, MonitorKind as KINDS, MonitorStatus as STATUSES } from '../../db/generated/enums.ts'

export const MonitorKind = enumOf('MonitorKind', KINDS, 'What is watched: a website, or something else on a network.')
export const CheckType = enumOf(
  'CheckType',
  CHECKS,
  'How it is asked whether it answers. HTTP: status, text and time of an answer. TCP: whether a connection can be made. ICMP: by ping, or where this server cannot ping, by TCP. DNS: whether the name has an address. TLS: whether the certificate is trusted, and until when. DOMAIN: until when the domain is registered.',
)
export const MonitorStatus = enumOf(
  'MonitorStatus',
  STATUSES,
  'What the checks say. UP: it answers as it should. WARNING: it does, but slowly, or its certificate or registration ends soon. DOWN: it does not. UNKNOWN: that cannot be told, or nobody looks.',
)

const COLUMNS = {
  name: 'String',
  kind: MonitorKind,
  url: 'String',
  target: 'String',
  checkType: CheckType,
  checkIntervalMinutes: 'Int',
  expectedStatusCode: 'Int',
  expectedText: 'String',
  slowAfterMs: 'Int',
  isEnabled: 'Boolean',
  status: MonitorStatus,
  statusChangedAt: 'DateTime',
  lastCheckedAt: 'DateTime',
  lastStatusCode: 'Int',
  lastResponseTimeMs: 'Int',
  uptimePercentage: 'Float',
  sslExpiresAt: 'DateTime',
  domainExpiresAt: 'DateTime',
  lastError: 'String',
  assetId: 'ID',
  appId: 'ID',
  createdAt: 'DateTime',
  updatedAt: 'DateTime',
} as const

export const Monitors = defineList({
  model: 'Monitor',
  filter: COLUMNS,
  search: ['searchText'],
  order: ['id', ...Object.keys(COLUMNS)],
  defaultOrder: '-createdAt',
})
