import { expect, test } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'
import { createClient } from '../clients.ts'
import { markOverdueInvoices } from './overdue.ts'
import { createInvoice, sendInvoice, updateInvoice } from './verbs.ts'

const graph = testGraph()

test('sent invoices become overdue the day after their due day, once', async () => {
  const { ctx } = graph.as()
  const { id: clientId } = await createClient(ctx, { name: 'Harbor Foods' })
  const draft = (dueOn: string | null) =>
    createInvoice(ctx, {
      clientId,
      issuedOn: new Date('2026-05-01'),
      dueOn: dueOn && new Date(dueOn),
      lines: [{ description: 'Work', unitPrice: '1' }],
    })
  const late = await sendInvoice(ctx, (await draft('2026-05-22')).id)
  const dueToday = await sendInvoice(ctx, (await draft('2026-05-23')).id)
  const undated = await sendInvoice(ctx, (await draft(null)).id)
  const unsent = await draft('2026-05-22')

  expect(await markOverdueInvoices(ctx)).toBe(1)
  expect(await markOverdueInvoices(ctx)).toBe(0)

  const { events, audit } = await graph.trail()
  const ofType = events.filter(({ type }) => type === 'invoice.overdue')
  expect(ofType.map(({ data }) => (data as { id: number }).id)).toEqual([late.id])
  expect(audit.at(-1)).toMatchObject({ action: 'invoice.overdue', targetId: String(late.id) })
  const rows = await ctx.db.invoice.findMany({ orderBy: { id: 'asc' }, select: { id: true, status: true } })
  expect(rows).toEqual([
    { id: late.id, status: 'overdue' },
    { id: dueToday.id, status: 'sent' },
    { id: undated.id, status: 'sent' },
    { id: unsent.id, status: 'draft' },
  ])
})

test('an overdue invoice whose due day is moved to today or later is merely sent again', async () => {
  const { ctx } = graph.as({ organization: 'b' })
  const { id: clientId } = await createClient(ctx, { name: 'Late' })
  const dates = { issuedOn: new Date('2026-05-01'), dueOn: new Date('2026-05-02') }
  const { id } = await createInvoice(ctx, { clientId, ...dates, lines: [{ description: 'Work', unitPrice: '1' }] })
  await sendInvoice(ctx, id)
  await markOverdueInvoices(ctx)
  expect(await updateInvoice(ctx, id, { dueOn: new Date('2026-05-22') })).toMatchObject({ status: 'overdue' })
  expect(await updateInvoice(ctx, id, { dueOn: new Date('2026-05-23') })).toMatchObject({ status: 'sent' })
})
