import { systemContext } from '../context.ts'
import type { Envelope } from '../core/envelope.ts'
import { AppError } from '../core/errors.ts'
import { asSystem, systemQuery, type TenantPool } from '../db/tenant.ts'
import { addApps, addDeployments, addFindings } from './apps.ts'
import { addAudit } from './audit.ts'
import { addBackups } from './backups.ts'
import { Batch } from './batch.ts'
import { type Calendar, calendarOf } from './calendar.ts'
import { addCanaries, CANARY } from './canary.ts'
import { addClients } from './clients.ts'
import { addCredentials } from './credentials.ts'
import { addCustomer } from './customer.ts'
import { addFinance } from './finance.ts'
import { addPeople } from './hr.ts'
import { addServers } from './infrastructure.ts'
import { addInventory } from './inventory.ts'
import { addInvoices } from './invoices.ts'
import { addJobs } from './jobs.ts'
import { addKnowledge } from './knowledge.ts'
import { addMonitors } from './monitors.ts'
import {
  addCompany,
  addKeys,
  type DemoOrganization,
  type KeyPlan,
  type Person,
  type Staffed,
  withPassword,
} from './people.ts'
import { addProjects } from './projects.ts'
import { addLeads, addOpportunities } from './sales.ts'
import { type App, addTables } from './tables.ts'
import { addTools } from './tools.ts'
import { addVault } from './vault.ts'
import { addVehicles } from './vehicles.ts'
import { addWebhooks } from './webhooks.ts'

const COMPANY = {
  slug: 'omniforge',
  name: 'OmniForge',
  description: 'The demonstration organization: every documented example comes from its rows.',
}
const OTHER = {
  slug: 'canary',
  name: `${CANARY} Holdings`,
  description: `${CANARY}: a second organization, whose rows nobody else may see.`,
}

const PEOPLE = [
  { email: 'james@jamesbratton.me', displayName: 'James Bratton', role: 'owner' },
  { email: 'dana@example.com', displayName: 'Dana Reyes', role: 'admin' },
  { email: 'priya@example.com', displayName: 'Priya Nair', role: 'editor' },
  { email: 'sam@example.com', displayName: 'Sam Okafor', role: 'readonly' },
] as const
const OTHERS = (['owner', 'admin', 'editor', 'readonly'] as const).map((role) => ({
  email: `canary-${role}@example.com`,
  displayName: `${CANARY} ${role}`,
  role,
}))

const THEIRS = { email: 'marta@bluefin.example.com', displayName: 'Marta Lindqvist', role: 'owner' } as const

const SALES = ['leads:read', 'leads:write', 'invoices:read', 'clients:read', 'opportunities:read', 'webhooks:manage']
const keysNamed = (prefix: string): KeyPlan[] => [
  { name: `${prefix}Trusted service`, family: 'dashboard', owner: 'owner', isAdmin: true },
  { name: `${prefix}Sales automation`, family: 'devsphere', owner: 'owner', scopes: SALES },
  { name: `${prefix}SOC2 platform`, family: 'dashboard', owner: 'owner', scopes: ['apps', 'servers'] },
  { name: `${prefix}Owner’s laptop`, family: 'clientst0r', owner: 'owner' },
  { name: `${prefix}Editor’s laptop`, family: 'clientst0r', owner: 'editor' },
]

export type Demo = { organizations: DemoOrganization[] }

async function refuseUnlessEmpty(pool: TenantPool): Promise<void> {
  const query = systemQuery(pool)
  const [taken] = await query<{ slug: string }>('SELECT slug FROM organization ORDER BY id LIMIT 1', [])
  if (!taken) return
  throw new AppError(
    'CONFLICT',
    `This database already has the organization ${taken.slug}; demonstration data goes into an empty one only. Name another data folder with OPSGRAPH_DATA, or another database with DATABASE_URL.`,
  )
}

function fill(staffed: Staffed, calendar: Calendar, envelope: Envelope): void {
  const { rows } = staffed
  const apps = addApps(rows, calendar)
  const droplets = addServers(rows, calendar)
  addDeployments(rows, apps, droplets, calendar)
  addFindings(rows, apps, calendar)
  addFinance(rows, calendar)
  addPeople(rows, calendar)
  addTools(rows, calendar)
  addCredentials(staffed, addProjects(rows, calendar), calendar, envelope)
  const companies = addClients(rows, calendar)
  const leads = addLeads(staffed, companies, calendar)
  addInvoices(rows, addOpportunities(staffed, companies, leads, calendar), calendar)
  const inventory = addInventory(staffed, calendar)
  addVehicles(staffed, calendar)
  const sites = addMonitors(rows, { apps, assets: inventory.named }, calendar)
  addVault(staffed, inventory, calendar, envelope)
  addJobs(rows, calendar)
  addWebhooks(staffed, sites, calendar, envelope)
  addAudit(staffed, calendar)
}

/** Two of the company's people work for its customer as well, and may do less there. */
const visitors = ([owner, , editor]: readonly Person[], { ids }: Staffed): Person[] => [
  { ...owner!, userId: ids.owner, role: 'admin' },
  { ...editor!, userId: ids.editor, role: 'readonly' },
]

/** Fills an empty database: the documented examples, a second organization as a tenancy canary, and a customer of the first. */
export async function loadDemo(app: App): Promise<Demo> {
  const { pool, clock, storage, envelope } = app
  await refuseUnlessEmpty(pool)
  const calendar = calendarOf(clock)
  const batch = new Batch()
  const [people, others, theirs] = await Promise.all([
    Promise.all(PEOPLE.map(withPassword)),
    Promise.all(OTHERS.map(withPassword)),
    withPassword(THEIRS),
  ])
  const company = addCompany(batch, COMPANY, people, calendar)
  const other = addCompany(batch, OTHER, others, calendar)
  const keys = addKeys(company, keysNamed(''), calendar)
  const otherKeys = addKeys(other, keysNamed(`${CANARY} `), calendar)
  fill(company, calendar, envelope)
  await addKnowledge(company, storage, calendar)
  await addCanaries(other, storage, calendar, envelope)
  const customer = addCustomer(batch, [theirs, ...visitors(people, company)], calendar, envelope)
  await asSystem(() => pool.pipeline(batch.statements()))
  await addTables(app, [company, other], calendar)
  const weeks = [-9, -2].map((day) => calendar.at(day, '01:30'))
  for (const { rows } of [company, other]) await addBackups(systemContext(app, rows.organizationId, 'demo'), weeks)
  return {
    organizations: [
      { slug: COMPANY.slug, keys, users: company.users },
      { slug: OTHER.slug, keys: otherKeys, users: other.users },
      { slug: customer.company.slug, keys: [], users: customer.users },
    ],
  }
}
