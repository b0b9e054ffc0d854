import { describe, expect, test } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'
import { createClient } from './clients.ts'
import { createLead } from './leads.ts'
import { createOpportunity } from './opportunities/verbs.ts'

const graph = testGraph()

const CREATE = 'mutation($input: CreateLeadInput!) { createLead(input: $input) { id name status score } }'
const UPDATE = 'mutation($id: ID!, $input: UpdateLeadInput!) { updateLead(id: $id, input: $input) { email score } }'
const DELETE = 'mutation($id: ID!) { deleteLead(id: $id) { id name } }'

describe('writing leads', () => {
  test('a lead is created, changed and deleted, and each is announced and audited', async () => {
    const { run } = graph.as()
    const created = await run(CREATE, { input: { name: 'Ada Moreno', email: 'ada@example.com', score: 10 } })
    expect(created.data.createLead).toMatchObject({ name: 'Ada Moreno', status: 'NEW', score: 10 })
    const { id } = created.data.createLead
    const updated = await run(UPDATE, { id, input: { email: null, score: 80 } })
    expect(updated.data.updateLead).toEqual({ email: null, score: 80 })
    expect((await run(DELETE, { id })).data.deleteLead).toEqual({ id, name: 'Ada Moreno' })
    const { events, audit } = await graph.trail()
    const types = ['lead.created', 'lead.updated', 'lead.deleted']
    expect(events.slice(-3).map(({ type }) => type)).toEqual(types)
    expect(audit.slice(-3).map(({ action }) => action)).toEqual(types)
  })

  test.each([
    ['name', { name: ' ' }],
    ['score', { name: 'x', score: 101 }],
    ['email', { name: 'x', email: 'nobody' }],
    ['clientId', { name: 'x', clientId: 999_999 }],
  ])('a bad %s is refused under its name', async (field, input) => {
    const { errors } = await graph.as().run(CREATE, { input })
    expect(errors?.[0]?.extensions.code).toBe('INVALID_REQUEST')
    expect(errors?.[0]?.extensions.fields).toHaveProperty([field])
  })

  test('a lead that an opportunity came from stays', async () => {
    const { ctx, run } = graph.as()
    const { id } = await createLead(ctx, { name: 'Ada' })
    const client = await createClient(ctx, { name: 'Moreno Baking' })
    await createOpportunity(ctx, { clientId: client.id, leadId: id, name: 'Ovens', value: '1' })
    expect((await run(DELETE, { id })).errors?.[0]?.extensions.code).toBe('CONFLICT')
  })

  test("another organization's lead cannot be changed", async () => {
    const { id } = await createLead(graph.as({ organization: 'b' }).ctx, { name: 'Elsewhere' })
    const { errors } = await graph.as().run(UPDATE, { id, input: { score: 1 } })
    expect(errors?.[0]?.extensions.code).toBe('NOT_FOUND')
  })

  test('needs leads:write', async () => {
    const { errors } = await graph.as({ permissions: ['leads:read'] }).run(CREATE, { input: { name: 'No' } })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'leads:write' })
  })
})

test('leads are narrowed by status and searched by every word', async () => {
  const { ctx, run } = graph.as()
  await createLead(ctx, { name: 'Zoe Field', company: 'Quarry Tools', status: 'contacted' })
  await createLead(ctx, { name: 'Zoe Marsh', company: 'Quarry Tools' })
  const search = '{ leads(search: "zoe quarry", filter: { status: { eq: CONTACTED } }) { totalCount nodes { name } } }'
  expect((await run(search)).data.leads).toEqual({ totalCount: 1, nodes: [{ name: 'Zoe Field' }] })
})
