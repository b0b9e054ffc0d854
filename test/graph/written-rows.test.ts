import { expect, test } from 'vitest'
import { createApp } from '../../src/apps/apps.ts'
import { createDeployment } from '../../src/apps/deployments.ts'
import type { Context } from '../../src/core/context.ts'
import { createClient } from '../../src/crm/clients.ts'
import { createInvoice } from '../../src/crm/invoices/verbs.ts'
import { createLead } from '../../src/crm/leads.ts'
import { createTransaction } from '../../src/finance/transactions.ts'
import { createVendor } from '../../src/finance/vendors.ts'
import { createEmployee } from '../../src/hr/employees.ts'
import { createPayrollRun } from '../../src/hr/payroll/verbs.ts'
import { createAsset } from '../../src/inventory/assets/verbs.ts'
import { createTag } from '../../src/inventory/tags.ts'
import { testGraph } from '../kit/graph.ts'

const graph = testGraph()

const day = (text: string) => new Date(text)
const owner = (email = 'owner@a.example.com') => ({ email })

type Written = { what: string; mutation: string; input: (ctx: Context) => Promise<Rewrite>; shown: object }
type Rewrite = { id?: number; input: object }

const CREATED: Written[] = [
  {
    what: 'a lead',
    mutation: 'createLead(input: $input) { client { name leads { totalCount } } owner { email } }',
    input: async (ctx) => {
      const client = await createClient(ctx, { name: 'Moreno Baking' })
      return { input: { name: 'Ada', clientId: client.id, ownerId: ctx.actor.userId } }
    },
    shown: { client: { name: 'Moreno Baking', leads: { totalCount: 1 } }, owner: owner() },
  },
  {
    what: 'an invoice',
    mutation: 'createInvoice(input: $input) { total client { name } lines { id description amount } payments { id } }',
    input: async (ctx) => {
      const client = await createClient(ctx, { name: 'Moreno Baking' })
      return { input: { clientId: client.id, lines: [{ description: 'Work', unitPrice: '5' }] } }
    },
    shown: {
      total: '5.00',
      client: { name: 'Moreno Baking' },
      lines: [{ id: expect.any(String), description: 'Work', amount: '5.00' }],
      payments: [],
    },
  },
  {
    what: 'an asset',
    mutation: 'createAsset(input: $input) { createdBy { email } tags { name } organizationName }',
    input: async (ctx) => {
      const tag = await createTag(ctx, { name: 'made' })
      return { input: { name: 'switch', tagIds: [tag.id] } }
    },
    shown: { createdBy: owner(), tags: [{ name: 'made' }], organizationName: 'Organization a' },
  },
  {
    what: 'a leave request',
    mutation: 'requestLeave(input: $input) { employee { name leaveRequests { totalCount } } }',
    input: async (ctx) => {
      const employee = await createEmployee(ctx, { name: 'Ada', hiredOn: day('2026-01-01') })
      const days = { startsOn: '2026-06-01', endsOn: '2026-06-02' }
      return { input: { employeeId: employee.id, kind: 'VACATION', ...days } }
    },
    shown: { employee: { name: 'Ada', leaveRequests: { totalCount: 1 } } },
  },
  {
    what: 'a finding',
    mutation: 'reportFinding(input: $input) { app { slug openFindingCount } }',
    input: async (ctx) => {
      await createApp(ctx, { slug: 'acme/leaky', url: 'https://github.com/acme/leaky' })
      const found = { source: 'scanner', repo: 'acme/leaky', title: 'A key in the open' }
      return { input: { ...found, severity: 'HIGH', category: 'SECRET' } }
    },
    shown: { app: { slug: 'acme/leaky', openFindingCount: 1 } },
  },
]

const CHANGED: Written[] = [
  {
    what: 'a lead',
    mutation: 'updateLead(id: $id, input: $input) { client { name } owner { email } }',
    input: async (ctx) => {
      const { id } = await createLead(ctx, { name: 'Ada', ownerId: ctx.actor.userId })
      const other = await createClient(ctx, { name: 'Other Baking' })
      return { id, input: { clientId: other.id, ownerId: graph.a.users.editor } }
    },
    shown: { client: { name: 'Other Baking' }, owner: owner('editor@a.example.com') },
  },
  {
    what: 'an invoice',
    mutation: 'updateInvoice(id: $id, input: $input) { client { name } lines { id description } }',
    input: async (ctx) => {
      const [before, after] = [await createClient(ctx, { name: 'One' }), await createClient(ctx, { name: 'Two' })]
      const { id } = await createInvoice(ctx, { clientId: before.id, lines: [{ description: 'A', unitPrice: '1' }] })
      return { id, input: { clientId: after.id, lines: [{ description: 'B', unitPrice: '2' }] } }
    },
    shown: { client: { name: 'Two' }, lines: [{ id: expect.any(String), description: 'B' }] },
  },
  {
    what: 'an asset',
    mutation: 'updateAsset(id: $id, input: $input) { tags { name } createdBy { email } }',
    input: async (ctx) => {
      const [before, after] = [await createTag(ctx, { name: 'before' }), await createTag(ctx, { name: 'after' })]
      const { id } = await createAsset(ctx, { name: 'switch', tagIds: [before.id] })
      return { id, input: { tagIds: [after.id] } }
    },
    shown: { tags: [{ name: 'after' }], createdBy: owner() },
  },
  {
    what: 'a payroll run',
    mutation: 'updatePayrollRun(id: $id, input: $input) { totalGross lines { nodes { id gross employee { name } } } }',
    input: async (ctx) => {
      const employee = await createEmployee(ctx, { name: 'Ada', hiredOn: day('2026-01-01') })
      const line = { employeeId: employee.id, gross: '10', net: '7' }
      const { id } = await createPayrollRun(ctx, { month: 5, year: 2026, lines: [line] })
      return { id, input: { lines: [{ ...line, gross: '12' }] } }
    },
    shown: {
      totalGross: '12.00',
      lines: { nodes: [{ id: expect.any(String), gross: '12.00', employee: { name: 'Ada' } }] },
    },
  },
  {
    what: 'a transaction',
    mutation: 'updateTransaction(id: $id, input: $input) { vendor { name transactions { totalCount } } }',
    input: async (ctx) => {
      const vendor = await createVendor(ctx, { name: 'Chosen Ltd' })
      const spent = { kind: 'expense', amount: '3', occurredOn: day('2026-05-01') }
      const { id } = await createTransaction(ctx, spent)
      return { id, input: { vendorId: vendor.id } }
    },
    shown: { vendor: { name: 'Chosen Ltd', transactions: { totalCount: 1 } } },
  },
  {
    what: 'a deployment',
    mutation: 'updateDeployment(id: $id, input: $input) { app { slug deployments { totalCount } } }',
    input: async (ctx) => {
      const app = await createApp(ctx, { slug: 'acme/moved', url: 'https://github.com/acme/moved' })
      const { id } = await createDeployment(ctx, { appName: 'Moved' })
      return { id, input: { appId: app.id } }
    },
    shown: { app: { slug: 'acme/moved', deployments: { totalCount: 1 } } },
  },
]

const inputType = (field: string) => `${field.charAt(0).toUpperCase()}${field.slice(1)}Input!`

async function written({ mutation, input }: Written) {
  const { ctx, run } = graph.as()
  const { id, ...rest } = await input(ctx)
  const field = /^\w+/.exec(mutation)![0]
  const declared = `$input: ${inputType(field)}${id === undefined ? '' : ', $id: ID!'}`
  const { data, errors } = await run(`mutation(${declared}) { ${mutation} }`, { id, ...rest })
  expect(errors).toBeUndefined()
  return data[field]
}

test.each(CREATED)('$what that is created is shown with what it belongs to', async (each) =>
  expect(await written(each)).toEqual(each.shown),
)

test.each(CHANGED)('$what that is changed is shown as it is afterwards', async (each) =>
  expect(await written(each)).toEqual(each.shown),
)
