import { expect, test } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'
import { statementsOf } from '../../test/kit/statements.ts'
import { createClient } from './clients.ts'
import { recordPayment } from './invoices/payments.ts'
import { createInvoice, sendInvoice } from './invoices/verbs.ts'
import { createLead } from './leads.ts'
import { createOpportunity } from './opportunities/verbs.ts'

const graph = testGraph()

async function populate(name: string): Promise<void> {
  const { ctx } = graph.as()
  const { id: clientId } = await createClient(ctx, { name })
  await createLead(ctx, { name: 'Ada', clientId })
  for (let i = 0; i < 2; i++) {
    const { id } = await createOpportunity(ctx, { clientId, name: 'Deal', value: '10' })
    const lines = [{ description: 'Work', unitPrice: '10' }]
    const invoice = await createInvoice(ctx, { clientId, opportunityId: id, lines })
    await sendInvoice(ctx, invoice.id)
    await recordPayment(ctx, { invoiceId: invoice.id, amount: '4' })
  }
}

const QUERY = `{ clients { nodes {
  outstandingBalance
  leads { totalCount nodes { name } }
  opportunities { nodes { name invoices { nodes { number } } } }
  invoices(orderBy: [{ field: NUMBER }]) { totalCount nodes { amountPaid amountDue lines { amount } payments { amount } } }
} } }`

async function statements(): Promise<{ count: number; clients: { outstandingBalance: string }[] }> {
  let clients: { outstandingBalance: string }[] = []
  const count = await statementsOf(graph.kit.app.pool, async () => {
    const { data, errors } = await graph.as().run(QUERY)
    expect(errors).toBeUndefined()
    clients = data.clients.nodes
  })
  return { count, clients }
}

test('the walk from clients to payments costs as many statements for five clients as for one', async () => {
  await populate('First')
  const one = await statements()
  expect(one.count).toBeGreaterThan(0)
  for (const name of ['Second', 'Third', 'Fourth', 'Fifth']) await populate(name)
  const five = await statements()
  expect(five.clients.map(({ outstandingBalance }) => outstandingBalance)).toEqual(Array(5).fill('12.00'))
  expect(five.count).toBe(one.count)
})
