import type { App } from '../../../src/app.ts'
import { ROLES } from '../../../src/core/permissions.ts'
import { asSystem } from '../../../src/db/tenant.ts'
import type { Choices } from './choices.ts'
import { columnsOf, Filler } from './filler.ts'
import { HOSTILE_TEXTS } from './values.ts'

/** In an order in which each finds the rows it refers to. */
const FILLED = [
  ...['ApiKey', 'App', 'Droplet', 'Deployment', 'Finding', 'Client', 'Lead', 'Opportunity', 'Invoice'],
  ...['InvoiceLine', 'Payment', 'Vendor', 'BusinessLine', 'Transaction', 'Budget', 'RecurringCost', 'Employee'],
  ...['LeaveRequest', 'PayrollRun', 'PayrollLine', 'Asset', 'Tag', 'AssetTag', 'Note', 'Document', 'DatabaseCluster'],
  ...['Space', 'HostingerVps', 'Domain', 'Tool', 'RequestLog'],
]

async function addPeople({ prisma }: App, organizationId: number, choices: Choices): Promise<void> {
  const data = Array.from({ length: 8 }, (_, i) => ({
    displayName: choices.of(HOSTILE_TEXTS),
    email: `${i}"\\🙂@${organizationId}`,
  }))
  const users = await prisma.user.createManyAndReturn({ data, select: { id: true } })
  await prisma.membership.createMany({
    data: users.map(({ id }) => ({ organizationId, id, role: choices.of(ROLES) })),
  })
}

/** Rows that no form would let through, in every table that a query can read. */
export const addHostileRows = (app: App, choices: Choices): Promise<void> =>
  asSystem(async () => {
    const columns = await columnsOf(app)
    for (const { id: organizationId } of await app.prisma.organization.findMany({ select: { id: true } })) {
      await addPeople(app, organizationId, choices)
      const filler = new Filler(app, columns, choices, organizationId)
      for (const model of FILLED) await filler.fill(model)
    }
  })
