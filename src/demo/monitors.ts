import type { MonitorStatus } from '../db/generated/enums.ts'
import type { Rows } from './batch.ts'
import type { Calendar } from './calendar.ts'
import type { Site } from './webhooks.ts'

/** Hosts that are there for examples: whoever runs this really asks them, and not often. */
const SITES = [
  ['Sales CRM', 'salescrm', 'https://example.com/'],
  ['Plainfield portal', 'plainfield-portal', 'https://example.net/'],
  ['Status board', 'statusboard', 'https://example.org/'],
  ['Marketing site', 'marketing-site', 'https://www.example.com/'],
] as const

/** What hangs on the network, by the asset that answers. The lines are nobody's: they are paused. */
const DEVICES = [
  ['Office uplink', 'icmp', 'rack-b-rt-01', '192.0.2.1'],
  ['Firewall', 'tcp', 'rack-a-fw-01', '192.0.2.2:443'],
  ['Backup uplink', 'icmp', 'rack-b-rt-02', '198.51.100.1'],
  ['Name server', 'dns', 'rack-b-srv-01', 'www.example.com'],
  ['Mail certificate', 'tls', 'rack-b-srv-02', 'www.example.com:443'],
] as const
const PAUSED = ['Office uplink', 'Firewall', 'Backup uplink']
const MINUTES = 15

/** A day of checks in which one of them failed for an hour. */
const CHECKED_EVERY_HOUR = Array.from({ length: 24 }, (_, hour) => hour)
const FAILED_AT = [14, 15]
const FAULT = 'The connection was refused.'

type Known = { apps: readonly { id: number; name: string }[]; assets: ReadonlyMap<string, number> }
type Watched = { monitorId: number; via: string; statusCode: number | null; failing: boolean }

const hourOf = (hour: number): string => `${String(hour).padStart(2, '0')}:00`

/** What was found yesterday. */
function addHistory(rows: Rows, { monitorId, via, statusCode, failing }: Watched, { at, day }: Calendar): void {
  const failed = (hour: number) => failing && FAILED_AT.includes(hour)
  for (const hour of CHECKED_EVERY_HOUR) {
    const found = failed(hour)
      ? { status: 'down' as const, statusCode: null, responseTimeMs: null, error: FAULT }
      : { status: 'up' as const, statusCode, responseTimeMs: 80 + ((hour * 37) % 60), error: null }
    rows.add('MonitorCheck', { monitorId, at: at(-1, hourOf(hour)), via, ...found })
  }
  const failures = failing ? FAILED_AT.length : 0
  const responses = CHECKED_EVERY_HOUR.length - failures
  const counted = { checks: CHECKED_EVERY_HOUR.length, failures, responses, responseTimeMs: BigInt(responses * 109) }
  rows.add('UptimeDay', { monitorId, day: day(-1), ...counted })
  if (!failing) return
  const [openedAt, closedAt] = [at(-1, hourOf(14)), at(-1, hourOf(16))]
  rows.add('Incident', { monitorId, openedAt, closedAt, cause: FAULT })
}

const found = (status: MonitorStatus, failing: boolean, { at }: Calendar) => ({
  ...{ status, statusChangedAt: at(-1, failing ? hourOf(16) : hourOf(0)), lastCheckedAt: at(-1, hourOf(23)) },
  ...{ lastResponseTimeMs: 91, uptimePercentage: failing ? 91.667 : 100 },
})

function addSite(
  rows: Rows,
  [name, app, url]: (typeof SITES)[number],
  { apps }: Known,
  calendar: Calendar,
  i: number,
): Watched {
  const { at } = calendar
  const failing = name === 'Plainfield portal'
  const monitorId = rows.add('Monitor', {
    ...{ name, kind: 'website', checkType: 'http', url, appId: apps.find((each) => each.name === app)!.id },
    ...{ checkIntervalMinutes: MINUTES, ...found('up', failing, calendar), lastStatusCode: 200 },
    ...{ sslExpiresAt: at(70 + i, '00:00'), createdAt: at(-200 + i * 9, '10:00'), updatedAt: at(-20 + i, '10:00') },
  })
  return { monitorId, via: 'https', statusCode: 200, failing }
}

type Device = (typeof DEVICES)[number]

/** What watches it; nothing of one that is paused. */
function addDevice(
  rows: Rows,
  [name, checkType, asset, target]: Device,
  { assets }: Known,
  calendar: Calendar,
  i: number,
): Watched[] {
  const { at } = calendar
  const isEnabled = !PAUSED.includes(name)
  const monitorId = rows.add('Monitor', {
    ...{ name, kind: 'wan', checkType, target, assetId: assets.get(asset)!, isEnabled },
    ...{ checkIntervalMinutes: isEnabled ? MINUTES * 2 : 1 + i, ...(isEnabled && found('up', false, calendar)) },
    ...{ sslExpiresAt: checkType === 'tls' ? at(64, '00:00') : null },
    ...{ createdAt: at(-150 + i * 9, '10:00'), updatedAt: at(-10 + i, '10:00') },
  })
  const via = checkType === 'tls' ? 'tls:443' : checkType
  return isEnabled ? [{ monitorId, via, statusCode: null, failing: false }] : []
}

/** Also says which of them are websites. */
export function addMonitors(rows: Rows, known: Known, calendar: Calendar): Site[] {
  const sites = SITES.map((site, i) => addSite(rows, site, known, calendar, i))
  const devices = DEVICES.flatMap((device, i) => addDevice(rows, device, known, calendar, i))
  for (const each of [...sites, ...devices]) addHistory(rows, each, calendar)
  return sites.map(({ monitorId: id }, i) => ({ id, name: SITES[i]![0], url: SITES[i]![2] }))
}
