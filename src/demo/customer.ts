import type { Envelope } from '../core/envelope.ts'
import type { Batch } from './batch.ts'
import type { Calendar } from './calendar.ts'
import { addCompany, type Person, type Staffed } from './people.ts'
import { addEntry } from './vault.ts'

const CUSTOMER = {
  slug: 'bluefin',
  name: 'Bluefin Logistics',
  description: 'A customer whose equipment two people of OmniForge look after: ?organization=bluefin chooses it.',
}

/** Type, name, manufacturer, model, address. */
const ASSETS = [
  ['firewall', 'pier-fw-01', 'Fortinet', 'FortiGate 40F', '10.80.0.1'],
  ['switch', 'pier-switch-01', 'Ubiquiti', 'USW-24', '10.80.0.2'],
  ['access_point', 'pier-ap-01', 'Ubiquiti', 'U6 Pro', '10.80.0.11'],
  ['access_point', 'pier-ap-02', 'Ubiquiti', 'U6 Pro', '10.80.0.12'],
  ['server', 'pier-srv-01', 'Dell', 'PowerEdge T150', '10.80.0.20'],
] as const

/** Name, make, model, kind, fuel, plate. */
const VEHICLES = [
  ['Reefer 1', 'Volvo', 'FH16', 'truck', 'diesel', 'BLF 101'],
  ['Reefer 2', 'Volvo', 'FH16', 'truck', 'diesel', 'BLF 102'],
  ['Harbor shuttle', 'Ford', 'E-Transit', 'van', 'electric', 'BLF 201'],
] as const

function addAssets({ rows, ids }: Staffed, { at }: Calendar): number[] {
  const tagId = rows.add('Tag', { name: 'Pier', slug: 'pier', color: '#0891b2', createdAt: at(-180, '09:00') })
  return ASSETS.map(([assetType, name, manufacturer, model, ipAddress], i) => {
    const times = { createdAt: at(-170 + i * 9, '10:40'), updatedAt: at(-20 + i, '13:00') }
    const device = { assetType, name, manufacturer, model, ipAddress, hostname: `${name}.bluefin.example.com` }
    const assetId = rows.add('Asset', { ...device, location: 'Pier 4', createdById: ids.admin, ...times })
    rows.add('AssetTag', { assetId, tagId })
    return assetId
  })
}

function addFleet({ rows, ids }: Staffed, { at, day }: Calendar): void {
  VEHICLES.forEach(([name, make, model, vehicleType, fuelType, licensePlate], i) => {
    const times = { createdAt: at(-160 + i * 11, '08:30'), updatedAt: at(-15 + i, '17:10') }
    const papers = { insuranceExpiresAt: day(60 + i * 30), registrationExpiresAt: day(25 + i * 40) }
    const vehicle = { name, make, model, vehicleType, fuelType, licensePlate, year: 2022 + i, ...papers }
    rows.add('Vehicle', { ...vehicle, currentMileage: 48_000 - i * 9_500, assignedToId: ids.owner, ...times })
  })
}

function addWatch({ rows }: Staffed, [firewall]: readonly number[], { at }: Calendar): void {
  const times = { createdAt: at(-150, '10:00'), updatedAt: at(-5, '10:00') }
  const site = { kind: 'website', checkType: 'http', url: 'https://bluefin.example.com/' } as const
  rows.add('Monitor', { name: 'Bluefin booking site', ...site, ...times })
  const uplink = { kind: 'wan', checkType: 'icmp', target: '203.0.113.80', assetId: firewall! } as const
  rows.add('Monitor', { name: 'Pier uplink', ...uplink, ...times })
}

function addSecrets({ rows }: Staffed, [firewall]: readonly number[], { at }: Calendar, envelope: Envelope): void {
  const times = { createdAt: at(-140, '11:00'), updatedAt: at(-12, '11:00') }
  const login = {
    title: 'Pier firewall',
    passwordType: 'network_device',
    username: 'admin',
    assetId: firewall!,
  } as const
  addEntry(rows, envelope, { password: 'demo-bluefin-firewall', otpSecret: null }, { ...login, ...times })
}

/** A second organization of some people: what they may do there is another thing than what they may do at home. */
export function addCustomer(batch: Batch, people: readonly Person[], calendar: Calendar, envelope: Envelope): Staffed {
  const staffed = addCompany(batch, CUSTOMER, people, calendar)
  const assets = addAssets(staffed, calendar)
  addFleet(staffed, calendar)
  addWatch(staffed, assets, calendar)
  addSecrets(staffed, assets, calendar, envelope)
  return staffed
}
