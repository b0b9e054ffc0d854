import type { Rows } from './batch.ts'
import type { Calendar } from './calendar.ts'

export type Company = { id: number; name: string; domain: string }

export const CLIENTS = [
  ['Harbor Freight Lines', 'Logistics'],
  ['Greenfield Dental Group', 'Healthcare'],
  ['Summit Roofing', 'Construction'],
  ['Lakeside Property Trust', 'Real estate'],
  ['Maple & Finch Bakery', 'Food'],
  ['Plainfield School District', 'Education'],
  ['Northgate Auto Parts', 'Retail'],
  ['Bluebird Veterinary', 'Healthcare'],
  ['Ironwood Machining', 'Manufacturing'],
  ['Stonebridge Legal', 'Legal'],
  ['Vista Solar Installers', 'Energy'],
  ['Corner Street Coffee', 'Food'],
  ['Pinecrest Senior Living', 'Healthcare'],
  ['Redwood Event Rentals', 'Events'],
] as const

export const domainOf = (company: string): string =>
  `${company.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.example.com`

export const addClients = (rows: Rows, { at }: Calendar): Company[] =>
  CLIENTS.map(([name, industry], i) => {
    const domain = domainOf(name)
    const times = { createdAt: at(-334 + i * 24, '10:00'), updatedAt: at(-60 + i * 3, '10:00') }
    const reach = {
      email: `office-${i + 1}@example.com`,
      phone: `+1 555 01${String(20 + i)}`,
      website: `https://${domain}`,
    }
    const address = `${100 + i * 12} Main Street, Plainfield`
    const status = i === 11 ? ('inactive' as const) : ('active' as const)
    const notes = i % 4 === 0 ? 'Reviews the contract every spring.' : null
    return { id: rows.add('Client', { name, industry, address, status, notes, ...reach, ...times }), name, domain }
  })
