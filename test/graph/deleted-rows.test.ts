import { describe, expect, test } from 'vitest'
import { createApp } from '../../src/apps/apps.ts'
import { createDeployment } from '../../src/apps/deployments.ts'
import type { Context } from '../../src/core/context.ts'
import { createClient } from '../../src/crm/clients.ts'
import { recordPayment } from '../../src/crm/invoices/payments.ts'
import { createInvoice, sendInvoice } from '../../src/crm/invoices/verbs.ts'
import { createLead, deleteLead } from '../../src/crm/leads.ts'
import { createOpportunity } from '../../src/crm/opportunities/verbs.ts'
import { createBudget } from '../../src/finance/budgets.ts'
import { createBusinessLine } from '../../src/finance/business-lines.ts'
import { createRecurringCost } from '../../src/finance/recurring-costs.ts'
import { createTransaction } from '../../src/finance/transactions.ts'
import { createVendor } from '../../src/finance/vendors.ts'
import { createEmployee } from '../../src/hr/employees.ts'
import { requestLeave } from '../../src/hr/leave-requests/verbs.ts'
import { createPayrollRun } from '../../src/hr/payroll/verbs.ts'
import { createAsset } from '../../src/inventory/assets/verbs.ts'
import { createTag } from '../../src/inventory/tags.ts'
import { uploadDocument } from '../../src/knowledge/documents/verbs.ts'
import { createNote } from '../../src/knowledge/notes.ts'
import { testGraph } from '../kit/graph.ts'

const graph = testGraph()

const day = (text: string) => new Date(text)
const owner = { email: 'owner@a.example.com' }

type Case = { what: string; given: (ctx: Context) => Promise<{ id: number }>; select: string; shown: object }

async function leadOfClient(ctx: Context) {
  const client = await createClient(ctx, { name: 'Moreno Baking' })
  return createLead(ctx, { name: 'Ada', clientId: client.id, ownerId: ctx.actor.userId })
}

async function paidInvoice(ctx: Context) {
  const client = await createClient(ctx, { name: 'Moreno Baking' })
  const invoice = await createInvoice(ctx, { clientId: client.id, lines: [{ description: 'Work', unitPrice: '5' }] })
  await sendInvoice(ctx, invoice.id)
  return recordPayment(ctx, { invoiceId: invoice.id, amount: '5' })
}

const DELETED: Case[] = [
  {
    what: 'Lead',
    given: leadOfClient,
    select: 'client { name } owner { email } opportunities { totalCount nodes { id } }',
    shown: { client: { name: 'Moreno Baking' }, owner, opportunities: { totalCount: 0, nodes: [] } },
  },
  {
    what: 'Opportunity',
    given: async (ctx) => {
      const client = await createClient(ctx, { name: 'Moreno Baking' })
      return createOpportunity(ctx, { clientId: client.id, name: 'Ovens', value: '1' })
    },
    select: 'client { name opportunities { totalCount } } lead { id }',
    shown: { client: { name: 'Moreno Baking', opportunities: { totalCount: 1 } }, lead: null },
  },
  {
    what: 'Client',
    given: (ctx) => createClient(ctx, { name: 'Moreno Baking' }),
    select: 'leads { totalCount nodes { id } } outstandingBalance',
    shown: { leads: { totalCount: 0, nodes: [] }, outstandingBalance: '0.00' },
  },
  {
    what: 'Payment',
    given: paidInvoice,
    select: 'amount invoice { status amountDue client { name } }',
    shown: { amount: '5.00', invoice: { status: 'SENT', amountDue: '5.00', client: { name: 'Moreno Baking' } } },
  },
  {
    what: 'Asset',
    given: async (ctx) => createAsset(ctx, { name: 'switch', tagIds: [(await createTag(ctx, { name: 'core' })).id] }),
    select: 'createdBy { email } createdByName organizationName tags { name }',
    shown: {
      createdBy: owner,
      createdByName: 'owner of a',
      organizationName: 'Organization a',
      tags: [{ name: 'core' }],
    },
  },
  {
    what: 'Note',
    given: (ctx) => createNote(ctx, { title: 'Runbook', body: 'Breathe.' }),
    select: 'author { email } authorName',
    shown: { author: owner, authorName: 'owner of a' },
  },
  {
    what: 'Document',
    given: (ctx) => uploadDocument(ctx, { name: 'plan.txt', content: Buffer.from('plan') }),
    select: 'uploadedBy { email } uploadedByName',
    shown: { uploadedBy: owner, uploadedByName: 'owner of a' },
  },
  {
    what: 'Employee',
    given: async (ctx) => {
      const employee = await createEmployee(ctx, { name: 'Ada', hiredOn: day('2026-01-01') })
      const days = { startsOn: day('2026-06-01'), endsOn: day('2026-06-02') }
      await requestLeave(ctx, { employeeId: employee.id, kind: 'vacation', ...days })
      return employee
    },
    select: 'leaveRequests { totalCount nodes { startsOn employee { name } } }',
    shown: {
      leaveRequests: { totalCount: 1, nodes: [{ startsOn: '2026-06-01', employee: { name: 'Ada' } }] },
    },
  },
  {
    what: 'PayrollRun',
    given: async (ctx) => {
      const employee = await createEmployee(ctx, { name: 'Ada', hiredOn: day('2026-01-01') })
      const lines = [{ employeeId: employee.id, gross: '10', net: '7' }]
      return createPayrollRun(ctx, { month: 4, year: 2026, lines })
    },
    select: 'totalGross employeeCount lines { totalCount nodes { gross employee { name } } }',
    shown: {
      ...{ totalGross: '10.00', employeeCount: 1 },
      lines: { totalCount: 1, nodes: [{ gross: '10.00', employee: { name: 'Ada' } }] },
    },
  },
  {
    what: 'Transaction',
    given: async (ctx) => {
      const vendor = await createVendor(ctx, { name: 'Spending Ltd' })
      const spent = { kind: 'expense', amount: '3', occurredOn: day('2026-05-01') }
      return createTransaction(ctx, { ...spent, vendorId: vendor.id })
    },
    select: 'vendor { name transactions { totalCount } } businessLine { id }',
    shown: { vendor: { name: 'Spending Ltd', transactions: { totalCount: 1 } }, businessLine: null },
  },
  {
    what: 'RecurringCost',
    given: async (ctx) => {
      const vendor = await createVendor(ctx, { name: 'Monthly Ltd' })
      return createRecurringCost(ctx, { name: 'Hosting', amount: '3', interval: 'month', vendorId: vendor.id })
    },
    select: 'vendor { name }',
    shown: { vendor: { name: 'Monthly Ltd' } },
  },
  {
    what: 'Budget',
    given: async (ctx) => {
      const line = await createBusinessLine(ctx, { name: 'Consulting' })
      const budget = { name: 'May', period: 'month', amount: '3', startsOn: day('2026-05-01') }
      const spent = { kind: 'expense', amount: '2', occurredOn: day('2026-05-02') }
      await createTransaction(ctx, { ...spent, businessLineId: line.id })
      return createBudget(ctx, { ...budget, businessLineId: line.id })
    },
    select: 'spent businessLine { name }',
    shown: { spent: '2.00', businessLine: { name: 'Consulting' } },
  },
  {
    what: 'Vendor',
    given: (ctx) => createVendor(ctx, { name: 'Idle Ltd' }),
    select: 'transactions { totalCount } recurringCosts { nodes { id } }',
    shown: { transactions: { totalCount: 0 }, recurringCosts: { nodes: [] } },
  },
  {
    what: 'App',
    given: (ctx) => createApp(ctx, { slug: 'acme/idle', url: 'https://github.com/acme/idle' }),
    select: 'openFindingCount deployments { totalCount } findings { nodes { id } }',
    shown: { openFindingCount: 0, deployments: { totalCount: 0 }, findings: { nodes: [] } },
  },
  {
    what: 'Deployment',
    given: async (ctx) => {
      const app = await createApp(ctx, { slug: 'acme/shop', url: 'https://github.com/acme/shop' })
      return createDeployment(ctx, { appName: 'Shop', appId: app.id })
    },
    select: 'app { slug } droplet { id } dropletName',
    shown: { app: { slug: 'acme/shop' }, droplet: null, dropletName: null },
  },
]

describe('a row that is deleted', () => {
  test.each(DELETED)('is shown as it was: $what with $select', async ({ what, given, select, shown }) => {
    const { ctx, run } = graph.as()
    const { id } = await given(ctx)
    const { data, errors } = await run(`mutation($id: ID!) { delete${what}(id: $id) { id ${select} } }`, { id })
    expect(errors).toBeUndefined()
    expect(data).toEqual({ [`delete${what}`]: { id: String(id), ...shown } })
  })

  test('is announced by its columns, whatever the caller selected', async () => {
    const { ctx, run } = graph.as()
    const [chosen, plain] = [await leadOfClient(ctx), await leadOfClient(ctx)]
    await run('mutation($id: ID!) { deleteLead(id: $id) { client { name } owner { email } } }', { id: chosen.id })
    await deleteLead(ctx, plain.id)
    const { events, audit } = await graph.trail()
    const [told, expected] = events.slice(-2).map(({ data }) => Object.keys(data as object))
    expect(told).toEqual(expected)
    expect(Object.keys(audit.at(-2)?.changes as object)).toEqual(expected)
  })

  test('is not found a second time', async () => {
    const { ctx, run } = graph.as()
    const { id } = await leadOfClient(ctx)
    await deleteLead(ctx, id)
    const { errors } = await run('mutation($id: ID!) { deleteLead(id: $id) { client { name } } }', { id })
    expect(errors?.[0]?.extensions.code).toBe('NOT_FOUND')
  })
})
