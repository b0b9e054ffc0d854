import type { Calendar } from './calendar.ts'
import type { Staffed } from './people.ts'

const TAGS = [
  ['Critical', 'critical', '#dc2626'],
  ['Office', 'office', '#2563eb'],
  ['Data center', 'data-center', '#7c3aed'],
  ['Spare', 'spare', '#6b7280'],
  ['Leased', 'leased', '#d97706'],
  ['Monitored', 'monitored', '#059669'],
] as const
const CRITICAL = 0
const MONITORING = 5
const PLACE_TAG = { Office: 1, 'Rack A': 2, 'Rack B': 2, Warehouse: 3, Field: 4 } as const

/** Type, manufacturer, model, host name, where, how many: 120 together. */
const KINDS = [
  ['switch', 'Ubiquiti', 'USW-Pro-48', 'switch', 'Rack A', 14],
  ['router', 'MikroTik', 'CCR2004', 'rt', 'Rack B', 6],
  ['firewall', 'Fortinet', 'FortiGate 60F', 'fw', 'Rack A', 4],
  ['server', 'Dell', 'PowerEdge R650', 'srv', 'Rack B', 12],
  ['access_point', 'Ubiquiti', 'U6 Pro', 'ap', 'Office', 16],
  ['laptop', 'Lenovo', 'ThinkPad T14', 'lt', 'Field', 28],
  ['monitor', 'Dell', 'U2723QE', 'mon', 'Office', 18],
  ['phone', 'Yealink', 'T54W', 'ph', 'Office', 12],
  ['printer', 'Brother', 'HL-L6400DW', 'prn', 'Office', 4],
  ['ups', 'APC', 'SMT1500', 'ups', 'Warehouse', 6],
] as const
const MONITORED = new Set(['switch', 'router', 'firewall', 'server', 'access_point', 'printer'])
const CABLED = new Set([...MONITORED, 'phone', 'ups'])
const TOTAL = 120
const SWITCHES = 14

type Kind = (typeof KINDS)[number]

const two = (value: number): string => value.toString(16).padStart(2, '0')
const padded = (value: number, length = 2): string => String(value).padStart(length, '0')

/** Most devices are found by the switch they hang on. */
function notesOf(assetType: string, i: number): string | null {
  if (assetType === 'switch') return i <= 2 ? 'Core of the office network.' : null
  if (CABLED.has(assetType)) return `Port ${i + 4} of rack-a-switch-${padded(1 + (i % SWITCHES))}.`
  return i % 6 === 0 ? 'Replace at the end of its warranty.' : null
}

function assetOf([assetType, manufacturer, model, short, location]: Kind, kind: number, i: number) {
  const name = `${location.toLowerCase().replace(' ', '-')}-${short}-${padded(i)}`
  return {
    ...{ name, assetType, manufacturer, model, location, notes: notesOf(assetType, i) },
    serialNumber: `${assetType.slice(0, 2).toUpperCase()}${2019 + kind}${padded(i * 37, 5)}`,
    hostname: `${name}.example.com`,
    ipAddress: `10.${10 + kind}.0.${10 + i}`,
    macAddress: `02:00:00:${two(kind)}:00:${two(i)}`,
  }
}

function tagsOf(assetType: string, location: keyof typeof PLACE_TAG, i: number): number[] {
  const critical = assetType === 'firewall' || (assetType === 'server' && i < 4)
  return [PLACE_TAG[location], ...(MONITORED.has(assetType) ? [MONITORING] : []), ...(critical ? [CRITICAL] : [])]
}

export type Inventory = {
  tags: number[]
  /** The assets in the order they came in. */
  assets: number[]
  /** Their ids by name. */
  named: Map<string, number>
}

export function addInventory({ rows, ids }: Staffed, { at, day }: Calendar): Inventory {
  const tags = TAGS.map(([name, slug, color]) => rows.add('Tag', { name, slug, color, createdAt: at(-300, '09:00') }))
  const makers = [ids.admin, ids.editor]
  const all = KINDS.flatMap((kind, k) => Array.from({ length: kind[5] }, (_, n) => ({ kind, k, i: n + 1 })))
  const named = new Map<string, number>()
  const assets = all.map(({ kind, k, i }, made) => {
    const age = Math.ceil((300 * (TOTAL - made)) / TOTAL)
    const warranty = day(1095 - age)
      .toISOString()
      .slice(0, 10)
    const asset = assetOf(kind, k, i)
    const assetId = rows.add('Asset', {
      ...{ ...asset, isActive: made % 17 !== 16, createdById: makers[made % 2]! },
      customFields: { warranty_until: warranty, cost_center: kind[4] },
      ...{ createdAt: at(-age, '11:30'), updatedAt: at(-Math.min(age, (made % 30) + 1), '14:00') },
    })
    named.set(asset.name, assetId)
    for (const tag of tagsOf(kind[0], kind[4], i)) rows.add('AssetTag', { assetId, tagId: tags[tag]! })
    return assetId
  })
  return { tags, assets, named }
}
