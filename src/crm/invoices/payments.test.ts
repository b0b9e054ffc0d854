import { beforeAll, describe, expect, test } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'
import { createClient } from '../clients.ts'
import { deletePayment, recordPayment } from './payments.ts'
import { createInvoice, sendInvoice, voidInvoice } from './verbs.ts'

const graph = testGraph()
let clientId: number

beforeAll(async () => {
  clientId = (await createClient(graph.as().ctx, { name: 'Harbor Foods' })).id
})

async function sent(unitPrice: string, fields: object = {}) {
  const { ctx } = graph.as()
  const { id } = await createInvoice(ctx, { clientId, lines: [{ description: 'Work', unitPrice }], ...fields })
  return sendInvoice(ctx, id)
}

const PAY = `mutation($input: RecordPaymentInput!) {
  recordPayment(input: $input) { paidOn method invoice { status paidOn amountPaid amountDue } }
}`

describe('paying an invoice', () => {
  test('in parts leaves the rest due, and the last part marks it paid', async () => {
    const { run } = graph.as()
    const { id } = await sent('100.30')
    const part = await run(PAY, { input: { invoiceId: id, amount: '100.10', method: 'CARD' } })
    expect(part.data.recordPayment).toEqual({
      paidOn: '2026-05-23',
      method: 'CARD',
      invoice: { status: 'SENT', paidOn: null, amountPaid: '100.10', amountDue: '0.20' },
    })
    const rest = await run(PAY, { input: { invoiceId: id, amount: '0.2', paidOn: '2026-05-20' } })
    const invoice = { status: 'PAID', paidOn: '2026-05-20', amountPaid: '100.30', amountDue: '0.00' }
    expect(rest.data.recordPayment.invoice).toEqual(invoice)
    const { events, audit } = await graph.trail()
    const types = ['payment.created', 'payment.created', 'invoice.paid']
    expect(events.slice(-3).map(({ type }) => type)).toEqual(types)
    expect(audit.slice(-3).map(({ action }) => action)).toEqual(types)
    expect(audit.at(-1)).toMatchObject({ changes: { status: { from: 'sent', to: 'paid' } } })
  })

  test('with more than is due is refused, naming the amount', async () => {
    const { id } = await sent('50')
    const { errors } = await graph.as().run(PAY, { input: { invoiceId: id, amount: '50.01' } })
    const fields = { amount: ['must be at most 50.00, what is due.'] }
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_REQUEST', fields })
  })

  test('many times at once never takes more than is due', async () => {
    const { ctx, run } = graph.as()
    const { id } = await sent('30')
    const tries = Array.from({ length: 6 }, () => recordPayment(ctx, { invoiceId: id, amount: '10' }))
    const results = await Promise.allSettled(tries)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    const { data } = await run(`{ invoice(id: ${id}) { status amountPaid payments { amount } } }`)
    expect(data.invoice).toMatchObject({ status: 'PAID', amountPaid: '30.00' })
    expect(data.invoice.payments).toHaveLength(3)
  })

  test('that is a draft or void is a conflict', async () => {
    const { ctx } = graph.as()
    const draft = await createInvoice(ctx, { clientId, lines: [{ description: 'Work', unitPrice: '1' }] })
    await expect(recordPayment(ctx, { invoiceId: draft.id, amount: '1' })).rejects.toMatchObject({ code: 'CONFLICT' })
    await voidInvoice(ctx, draft.id)
    await expect(recordPayment(ctx, { invoiceId: draft.id, amount: '1' })).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('with nothing, or less, is refused under amount', async () => {
    const { id } = await sent('1')
    for (const amount of ['0', '0.00', '-1']) {
      const { errors } = await graph.as().run(PAY, { input: { invoiceId: id, amount } })
      expect(errors?.[0]?.extensions.fields).toHaveProperty(['amount'])
    }
  })

  test('needs invoices:write', async () => {
    const { id } = await sent('1')
    const reader = graph.as({ permissions: ['invoices:read'] })
    const { errors } = await reader.run(PAY, { input: { invoiceId: id, amount: '1' } })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'invoices:write' })
  })
})

describe('taking a payment back', () => {
  test('opens a paid invoice again, overdue when its day has passed', async () => {
    const { ctx, run } = graph.as()
    const { id } = await sent('5', { issuedOn: new Date('2026-04-01'), dueOn: new Date('2026-05-01') })
    const payment = await recordPayment(ctx, { invoiceId: id, amount: '5' })
    await deletePayment(ctx, payment.id)
    const { data } = await run(`{ invoice(id: ${id}) { status paidOn amountDue } }`)
    expect(data.invoice).toEqual({ status: 'OVERDUE', paidOn: null, amountDue: '5.00' })
    const { events, audit } = await graph.trail()
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['payment.deleted', 'invoice.reopened'])
    expect(audit.slice(-2).map(({ action }) => action)).toEqual(['payment.deleted', 'invoice.reopened'])
  })

  test('is needed before an invoice that was paid in part can be voided', async () => {
    const { ctx } = graph.as()
    const { id } = await sent('5')
    const payment = await recordPayment(ctx, { invoiceId: id, amount: '1' })
    await expect(voidInvoice(ctx, id)).rejects.toMatchObject({ code: 'CONFLICT' })
    await deletePayment(ctx, payment.id)
    expect(await voidInvoice(ctx, id)).toMatchObject({ status: 'void' })
  })
})
