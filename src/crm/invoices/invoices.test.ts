import { beforeAll, describe, expect, test } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'
import { createClient } from '../clients.ts'
import { createInvoice, sendInvoice, updateInvoice, voidInvoice } from './verbs.ts'

const graph = testGraph()
let clientId: number

beforeAll(async () => {
  clientId = (await createClient(graph.as().ctx, { name: 'Harbor Foods' })).id
})

const WORK = [{ description: 'Work', unitPrice: '10.00' }]
const draft = (fields: object = {}) => createInvoice(graph.as().ctx, { clientId, lines: WORK, ...fields })

const CREATE = `mutation($input: CreateInvoiceInput!) {
  createInvoice(input: $input) {
    number status issuedOn currency subtotal tax total amountDue
    client { name }
    lines { position amount }
  }
}`

describe('drafting an invoice', () => {
  test('computes every amount from the lines, half up to cents', async () => {
    const lines = [
      { description: 'Hours', quantity: '1.005', unitPrice: '100.10' },
      { description: 'Half a cent', quantity: '0.1', unitPrice: '0.05' },
      { description: 'Discount', unitPrice: '-5' },
    ]
    const { data } = await graph.as().run(CREATE, { input: { clientId, taxRate: '19', lines } })
    const { subtotal, tax, total, lines: priced, ...rest } = data.createInvoice
    expect([subtotal, tax, total].map(Number)).toEqual([95.61, 18.17, 113.78])
    expect(priced.map(({ position, amount }: Record<string, string>) => [position, Number(amount)])).toEqual([
      [1, 100.6],
      [2, 0.01],
      [3, -5],
    ])
    expect(rest).toEqual({
      number: expect.stringMatching(/^INV-\d{6}$/),
      status: 'DRAFT',
      issuedOn: '2026-05-23',
      currency: 'USD',
      amountDue: '113.78',
      client: { name: 'Harbor Foods' },
    })
  })

  test('rounds half a cent up where a float would lose it', async () => {
    const { total } = await draft({ lines: [{ description: 'Hours', quantity: '1.005', unitPrice: '1.00' }] })
    expect(String(total)).toBe('1.01')
  })

  test('is announced and audited with its lines', async () => {
    const { id, number } = await draft()
    const { events, audit } = await graph.trail()
    const lines = [{ position: 1, description: 'Work', quantity: '1', unitPrice: '10', amount: '10' }]
    expect(events.at(-1)).toMatchObject({ type: 'invoice.created', data: { id, number, lines } })
    expect(audit.at(-1)).toMatchObject({ action: 'invoice.created', targetType: 'invoice', targetId: String(id) })
  })

  test.each([
    ['lines', { lines: [] }],
    ['lines', { lines: [{ description: 'Refund', unitPrice: '-1' }] }],
    ['lines.0.quantity', { lines: [{ description: 'Nothing', quantity: '0', unitPrice: '1' }] }],
    ['lines', { lines: [1, 2].map(() => ({ description: 'Too much together', unitPrice: '600000000000' })) }],
    [
      'lines.1',
      { lines: [...WORK, { description: 'Far too much', quantity: '999999999', unitPrice: '-999999999999' }] },
    ],
    ['tax', { tax: '1', taxRate: '1' }],
    ['taxRate', { taxRate: '100.5' }],
    ['dueOn', { issuedOn: '2026-05-02', dueOn: '2026-05-01' }],
    ['clientId', { clientId: 999_999 }],
    ['currency', { currency: 'usd' }],
  ])('refuses a bad input under %s', async (field, bad) => {
    const { errors } = await graph.as().run(CREATE, { input: { clientId, lines: WORK, ...bad } })
    expect(errors?.[0]?.extensions.code).toBe('INVALID_REQUEST')
    expect(errors?.[0]?.extensions.fields).toHaveProperty([field])
  })

  test('needs invoices:write', async () => {
    const { run } = graph.as({ permissions: ['invoices:read', 'clients:read'] })
    const { errors } = await run(CREATE, { input: { clientId, lines: WORK } })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'invoices:write' })
  })
})

describe('invoice numbers', () => {
  test('follow each other without gap or repetition when many are drafted at once', async () => {
    const first = Number((await draft()).number.slice(4))
    const made = await Promise.all(Array.from({ length: 12 }, () => draft()))
    const numbers = made.map(({ number }) => Number(number.slice(4))).sort((x, y) => x - y)
    expect(numbers).toEqual(Array.from({ length: 12 }, (_, i) => first + 1 + i))
  })

  test('that a refused draft was to get goes to the next', async () => {
    const before = Number((await draft()).number.slice(4))
    await expect(draft({ clientId: 999_999 })).rejects.toThrow()
    expect((await draft()).number).toBe(`INV-${String(before + 1).padStart(6, '0')}`)
  })

  test('count per organization', async () => {
    const { ctx } = graph.as({ organization: 'b' })
    const client = await createClient(ctx, { name: 'Elsewhere' })
    expect((await createInvoice(ctx, { clientId: client.id, lines: WORK })).number).toBe('INV-000001')
  })

  test('that are given stand, and are refused when taken', async () => {
    await draft({ number: '2026/7' })
    const { errors } = await graph.as().run(CREATE, { input: { clientId, lines: WORK, number: '2026/7' } })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', fields: { number: [expect.any(String)] } })
  })
})

describe('an invoice', () => {
  test('in draft takes new lines, and the audit row tells the old ones', async () => {
    const { ctx } = graph.as()
    const { id } = await draft({ tax: '2' })
    const lines = [{ description: 'More work', unitPrice: '25' }]
    const { total } = await updateInvoice(ctx, id, { lines })
    expect(String(total)).toBe('27')
    const { events, audit } = await graph.trail()
    expect(events.at(-1)?.type).toBe('invoice.updated')
    expect(audit.at(-1)).toMatchObject({
      action: 'invoice.updated',
      changes: { total: { from: '12', to: '27' }, lines: { from: [{ amount: '10' }], to: [{ amount: '25' }] } },
    })
  })

  test('that was sent changes only its due date and notes', async () => {
    const { ctx, run } = graph.as()
    const { id } = await draft()
    await sendInvoice(ctx, id)
    const { errors } = await run(
      `mutation { updateInvoice(id: ${id}, input: { lines: [{ description: "x", unitPrice: "1" }] }) { id } }`,
    )
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', fields: { lines: [expect.any(String)] } })
    const { data } = await run(`mutation { updateInvoice(id: ${id}, input: { dueOn: "2026-06-30" }) { dueOn } }`)
    expect(data.updateInvoice.dueOn).toBe('2026-06-30')
  })

  test('is sent once, and voided unless it is void', async () => {
    const { ctx } = graph.as()
    const { id } = await draft()
    expect(await sendInvoice(ctx, id)).toMatchObject({ status: 'sent' })
    await expect(sendInvoice(ctx, id)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await voidInvoice(ctx, id)).toMatchObject({ status: 'void' })
    await expect(voidInvoice(ctx, id)).rejects.toMatchObject({ code: 'CONFLICT' })
    const { events, audit } = await graph.trail()
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['invoice.sent', 'invoice.voided'])
    expect(audit.slice(-2).map(({ action }) => action)).toEqual(['invoice.sent', 'invoice.voided'])
    const { data } = await graph.as().run(`{ invoice(id: ${id}) { amountDue } }`)
    expect(data.invoice.amountDue).toBe('0.00')
  })

  test('lists its lines in their order, through its client too', async () => {
    const { ctx, run } = graph.as()
    const client = await createClient(ctx, { name: 'Two invoices' })
    const lines = ['a', 'b', 'c'].map((description) => ({ description, unitPrice: '1' }))
    for (let i = 0; i < 2; i++) await createInvoice(ctx, { clientId: client.id, lines })
    const { data } = await run(
      `{ client(id: ${client.id}) { invoices { totalCount nodes { lines { description } } } } }`,
    )
    const shown = lines.map(({ description }) => ({ description }))
    expect(data.client.invoices).toEqual({ totalCount: 2, nodes: [{ lines: shown }, { lines: shown }] })
  })

  test('of another organization is not found', async () => {
    const { id } = await draft()
    const { errors } = await graph.as({ organization: 'b' }).run(`mutation { sendInvoice(id: ${id}) { id } }`)
    expect(errors?.[0]?.extensions.code).toBe('NOT_FOUND')
  })
})
