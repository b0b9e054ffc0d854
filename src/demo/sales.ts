import type { Calendar } from './calendar.ts'
import type { Company } from './clients.ts'
import type { Staffed } from './people.ts'

const FIRST = ['Ava', 'Noah', 'Mia', 'Liam', 'Zoe', 'Ethan', 'Ruth', 'Omar', 'Ines', 'Caleb', 'Nora', 'Felix']
const LAST = ['Carter', 'Nguyen', 'Okoye', 'Schmidt', 'Rossi', 'Patel', 'Larsen', 'Moreau', 'Silva', 'Kim']
const PROSPECTS = [
  'Evergreen Landscaping',
  'Atlas Freight',
  'Sunrise Pediatrics',
  'Copper Kettle Brewing',
  'Beacon Insurance',
  'Riverside Church',
  'Titan Fitness',
  'Orchard Preschool',
  'Keystone Plumbing',
  'Silverline Studios',
]
const SOURCES = ['website', 'referral', 'trade_show', 'cold_call', 'newsletter']
const OPEN = ['new', 'contacted', 'qualified', 'contacted', 'lost'] as const
const LEADS = 60
const DAYS_APART = 6

/** Sixty leads; every fourth one became one of the clients. */
export function addLeads({ rows, ids }: Staffed, companies: readonly Company[], { at }: Calendar): number[] {
  const owners = [ids.editor, ids.admin, ids.owner]
  return Array.from({ length: LEADS }, (_, i) => {
    const client = i % 4 === 3 ? companies[((i - 3) / 4) % companies.length] : undefined
    const name = `${FIRST[i % FIRST.length]} ${LAST[(i * 3 + Math.floor(i / 10)) % LAST.length]}`
    const status = client ? ('converted' as const) : OPEN[i % OPEN.length]!
    const ago = 2 + (LEADS - 1 - i) * DAYS_APART
    return rows.add('Lead', {
      ...{
        name,
        status,
        clientId: client?.id ?? null,
        company: client?.name ?? PROSPECTS[(i * 7) % PROSPECTS.length]!,
      },
      ...{ email: `${name.toLowerCase().replace(' ', '.')}${i + 1}@example.com`, phone: `+1 555 0${String(200 + i)}` },
      ...{ source: SOURCES[(i * 2) % SOURCES.length]!, score: client ? 90 : (i * 23) % 86, ownerId: owners[i % 3]! },
      notes: i % 5 === 0 ? 'Asked for a price list and a call back.' : null,
      ...{ createdAt: at(-ago, '09:40'), updatedAt: at(-Math.max(1, ago - 4), '13:10') },
    })
  })
}

export type Deal = { id: number; clientId: number; stage: Stage; closedAgo: number | undefined }
type Stage = keyof typeof PROBABILITY

const PROBABILITY = { prospect: 10, qualified: 30, proposal: 50, negotiation: 75, won: 100, lost: 0 }
const STAGES: readonly Stage[] = [
  ...(['won', 'won', 'lost', 'won', 'won', 'won', 'lost', 'won', 'won', 'won'] as const),
  ...(['won', 'proposal', 'negotiation', 'qualified', 'prospect', 'qualified', 'proposal'] as const),
  ...(['negotiation', 'won', 'prospect'] as const),
]
const DAYS_TO_CLOSE = 15
const DEALS = [
  'Managed IT plan',
  'New website',
  'Portal rollout',
  'Security review',
  'Network refresh',
  'Backup service',
]
/** The first deal of each client came from its lead, days after they became one; later deals are recent. */
const createdAgo = (i: number, clients: number): number => (i < clients ? 328 - i * 24 : 60 - (i - clients) * 6)

/** Twenty deals with the clients. */
export function addOpportunities(
  { rows, ids }: Staffed,
  companies: readonly Company[],
  leads: readonly number[],
  { day, at }: Calendar,
): Deal[] {
  return STAGES.map((stage, i) => {
    const client = companies[i % companies.length]!
    const ago = createdAgo(i, companies.length)
    const closedAgo = stage === 'won' || stage === 'lost' ? ago - DAYS_TO_CLOSE : undefined
    const id = rows.add('Opportunity', {
      ...{ clientId: client.id, leadId: i < companies.length ? leads[i * 4 + 3]! : null, ownerId: ids.editor },
      ...{ name: `${DEALS[i % DEALS.length]} for ${client.name}`, stage, probability: PROBABILITY[stage] },
      value: `${1800 + i * 650}.00`,
      expectedCloseOn: day(closedAgo === undefined ? 10 + i * 5 : -closedAgo - 4),
      closedOn: closedAgo === undefined ? null : day(-closedAgo),
      ...{ createdAt: at(-ago, '10:30'), updatedAt: at(-(closedAgo ?? ago - 5), '16:30') },
    })
    return { id, clientId: client.id, stage, closedAgo }
  })
}
