import { describe, expect, test } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'
import { createClient } from './clients.ts'
import { createInvoice, sendInvoice } from './invoices/verbs.ts'

const graph = testGraph()

const CREATE = 'mutation($input: CreateClientInput!) { createClient(input: $input) { id name status } }'
const UPDATE = 'mutation($id: ID!, $input: UpdateClientInput!) { updateClient(id: $id, input: $input) { name notes } }'
const DELETE = 'mutation($id: ID!) { deleteClient(id: $id) { id name } }'

const client = (name: string, organization: 'a' | 'b' = 'a') => createClient(graph.as({ organization }).ctx, { name })
const bill = async (clientId: number, unitPrice: string, currency = 'USD') => {
  const { ctx } = graph.as()
  const { id } = await createInvoice(ctx, { clientId, currency, lines: [{ description: 'Work', unitPrice }] })
  return sendInvoice(ctx, id)
}
const lastEvents = async (count: number) => {
  const { events, audit } = await graph.trail()
  return {
    events: events.slice(-count).map(({ type }) => type),
    audit: audit.slice(-count).map(({ action }) => action),
  }
}

describe('writing clients', () => {
  test('a client is created, changed and deleted, and each is announced and audited', async () => {
    const { run } = graph.as()
    const created = await run(CREATE, { input: { name: 'Harbor Foods', website: 'https://harbor.example.com' } })
    expect(created).toMatchObject({ data: { createClient: { name: 'Harbor Foods', status: 'ACTIVE' } } })
    const { id } = created.data.createClient
    const updated = await run(UPDATE, { id, input: { notes: 'Pays early' } })
    expect(updated.data.updateClient).toEqual({ name: 'Harbor Foods', notes: 'Pays early' })
    expect((await run(DELETE, { id })).data.deleteClient).toEqual({ id, name: 'Harbor Foods' })
    const types = ['client.created', 'client.updated', 'client.deleted']
    expect(await lastEvents(3)).toEqual({ events: types, audit: types })
    const { audit } = await graph.trail()
    expect(audit.at(-2)).toMatchObject({ targetId: id, changes: { notes: { from: null, to: 'Pays early' } } })
  })

  test('a bad mail address is refused under its field', async () => {
    const { errors } = await graph.as().run(CREATE, { input: { name: 'Harbor', email: 'nobody' } })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_REQUEST', fields: { email: [expect.any(String)] } })
  })

  test('a client with invoices stays', async () => {
    const { id } = await client('Kept')
    await bill(id, '10.00')
    const { errors } = await graph.as().run(DELETE, { id })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT' })
    expect((await graph.as().run(`{ client(id: ${id}) { name } }`)).data.client.name).toBe('Kept')
  })

  test('writing needs clients:write', async () => {
    const { errors } = await graph.as({ permissions: ['clients:read'] }).run(CREATE, { input: { name: 'No' } })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'clients:write' })
  })
})

describe('reading clients', () => {
  test("another organization's client is not found", async () => {
    const { id } = await client('Elsewhere', 'b')
    const { errors } = await graph.as().run(`{ client(id: ${id}) { name } }`)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('the outstanding balance is of the currency of most open invoices unless one is named', async () => {
    const { id } = await client('Debtor')
    await bill(id, '100.10', 'EUR')
    await bill(id, '0.20', 'EUR')
    await bill(id, '7.00', 'USD')
    const query = `{ client(id: ${id}) {
      outstandingBalance
      usd: outstandingBalance(currency: "USD")
      gbp: outstandingBalance(currency: "GBP")
    } }`
    const { data } = await graph.as().run(query)
    expect(data.client).toEqual({ outstandingBalance: '100.30', usd: '7.00', gbp: '0.00' })
  })

  test('the balance of a client needs invoices:read', async () => {
    const { id } = await client('Private')
    const { errors } = await graph
      .as({ permissions: ['clients:read'] })
      .run(`{ client(id: ${id}) { name outstandingBalance } }`)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'invoices:read' })
  })
})
