import { describe, expect, test } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'
import { createClient } from '../clients.ts'
import { createInvoice } from '../invoices/verbs.ts'
import { createOpportunity, loseOpportunity, winOpportunity } from './verbs.ts'

const graph = testGraph()

async function deal(fields: object = {}) {
  const { ctx } = graph.as()
  const client = await createClient(ctx, { name: 'Harbor Foods' })
  return createOpportunity(ctx, { clientId: client.id, name: 'New till system', value: '1250.55', ...fields })
}

const UPDATE = `mutation($id: ID!, $input: UpdateOpportunityInput!) {
  updateOpportunity(id: $id, input: $input) { stage closedOn }
}`

describe('an opportunity', () => {
  test('weighs its value by its probability, to the cent', async () => {
    const { id } = await deal({ probability: 33 })
    const { data } = await graph.as().run(`{ opportunity(id: ${id}) { weightedValue client { name } } }`)
    expect(data.opportunity).toEqual({ weightedValue: '412.68', client: { name: 'Harbor Foods' } })
  })

  test('is won today at 100 per cent, and announced as won', async () => {
    const { id } = await deal()
    const { data } = await graph.as().run(`mutation { winOpportunity(id: ${id}) { stage probability closedOn } }`)
    expect(data.winOpportunity).toEqual({ stage: 'WON', probability: 100, closedOn: '2026-05-23' })
    const { events, audit } = await graph.trail()
    expect(events.at(-1)).toMatchObject({ type: 'opportunity.won', data: { id, stage: 'won' } })
    expect(audit.at(-1)).toMatchObject({ action: 'opportunity.won', targetId: String(id) })
  })

  test('that is won can be neither won nor lost again', async () => {
    const { ctx } = graph.as()
    const { id } = await deal()
    await winOpportunity(ctx, id)
    await expect(winOpportunity(ctx, id)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(loseOpportunity(ctx, id)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('is won or lost once when both are tried at the same time', async () => {
    const { ctx } = graph.as()
    const { id } = await deal()
    const tries = await Promise.allSettled([winOpportunity(ctx, id), loseOpportunity(ctx, id)])
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('is opened again by a stage', async () => {
    const { ctx, run } = graph.as()
    const { id } = await deal()
    await loseOpportunity(ctx, id)
    const { data } = await run(UPDATE, { id, input: { stage: 'NEGOTIATION' } })
    expect(data.updateOpportunity).toEqual({ stage: 'NEGOTIATION', closedOn: null })
  })

  test('is not closed by an update', async () => {
    const { id } = await deal()
    const { errors } = await graph.as().run(UPDATE, { id, input: { stage: 'WON' } })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_REQUEST', fields: { stage: [expect.any(String)] } })
  })

  test('of a client that does not exist is refused under clientId', async () => {
    await expect(deal({ clientId: 999_999 })).rejects.toThrow()
    const { errors } = await graph
      .as()
      .run('mutation { createOpportunity(input: { clientId: 999999, name: "x", value: "1" }) { id } }')
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_REQUEST', fields: { clientId: ['No such row.'] } })
  })

  test('that is billed cannot be deleted; another can, announced and audited', async () => {
    const { ctx, run } = graph.as()
    const billed = await deal()
    const lines = [{ description: 'Work', unitPrice: '1' }]
    await createInvoice(ctx, { clientId: billed.clientId, opportunityId: billed.id, lines })
    const { errors } = await run(`mutation { deleteOpportunity(id: ${billed.id}) { id } }`)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT' })
    const free = await deal()
    expect((await run(`mutation { deleteOpportunity(id: ${free.id}) { name } }`)).errors).toBeUndefined()
    const { events, audit } = await graph.trail()
    expect([events.at(-1)?.type, audit.at(-1)?.action]).toEqual(['opportunity.deleted', 'opportunity.deleted'])
  })

  test('is written only with opportunities:write', async () => {
    const { id } = await deal()
    const { errors } = await graph
      .as({ permissions: ['opportunities:read'] })
      .run(`mutation { winOpportunity(id: ${id}) { id } }`)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'opportunities:write' })
  })
})
