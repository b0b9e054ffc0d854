import { describe, expect, test } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'
import { convertLead } from './convert-lead.ts'
import { createLead } from './leads.ts'

const graph = testGraph()

const lead = (fields: object = {}) =>
  createLead(graph.as().ctx, { name: 'Ada Moreno', company: 'Moreno Baking', email: 'ada@example.com', ...fields })

const CONVERT = `mutation($id: ID!, $input: ConvertLeadInput) {
  convertLead(id: $id, input: $input) {
    status
    client { id name email industry }
    opportunities { nodes { name value currency client { name } } }
  }
}`

describe('converting a lead', () => {
  test('makes a client and an opportunity, and announces all three', async () => {
    const { id } = await lead()
    const { data } = await graph.as().run(CONVERT, {
      id,
      input: { client: { industry: 'Food' }, opportunity: { name: 'Ovens', value: '900.50', currency: 'EUR' } },
    })
    expect(data.convertLead).toEqual({
      status: 'CONVERTED',
      client: { id: expect.any(String), name: 'Moreno Baking', email: 'ada@example.com', industry: 'Food' },
      opportunities: {
        nodes: [
          {
            name: 'Ovens',
            value: expect.stringMatching(/^900\.50?$/),
            currency: 'EUR',
            client: { name: 'Moreno Baking' },
          },
        ],
      },
    })
    const { events, audit } = await graph.trail()
    const types = ['client.created', 'opportunity.created', 'lead.converted']
    expect(events.slice(-3).map(({ type }) => type)).toEqual(types)
    expect(audit.slice(-3).map(({ action }) => action)).toEqual(types)
  })

  test('that is lost or converted already is a conflict, and nothing is made', async () => {
    const { ctx, run } = graph.as()
    const lost = await lead({ status: 'lost' })
    const converted = await lead()
    await convertLead(ctx, converted.id)
    const { data: before } = await run('{ clients { totalCount } }')
    await expect(convertLead(ctx, lost.id)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(convertLead(ctx, converted.id)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await run('{ clients { totalCount } }')).data).toEqual(before)
  })

  test('many times at once makes one client', async () => {
    const { ctx } = graph.as()
    const { id } = await lead()
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => convertLead(ctx, id)))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('keeps the client that the lead belongs to', async () => {
    const { ctx } = graph.as()
    const first = await convertLead(ctx, (await lead()).id)
    const second = await lead({ clientId: first.clientId })
    await expect(convertLead(ctx, second.id, { client: { name: 'Other' } })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await convertLead(ctx, second.id)).toMatchObject({ clientId: first.clientId, status: 'converted' })
  })

  test('names the field of a bad opportunity', async () => {
    const { id } = await lead()
    const { errors } = await graph.as().run(CONVERT, { id, input: { opportunity: { name: 'x', value: '-1' } } })
    expect(errors?.[0]?.extensions.fields).toHaveProperty(['opportunity.value'])
  })

  test('needs the permission for everything it makes', async () => {
    const { id } = await lead()
    const can = ['leads:read', 'leads:write', 'clients:write'] as const
    const without = graph.as({ permissions: ['leads:write'] })
    expect((await without.run(CONVERT, { id })).errors?.[0]?.extensions.need).toBe('clients:write')
    const half = graph.as({ permissions: can })
    const refused = await half.run(CONVERT, { id, input: { opportunity: { name: 'x', value: '1' } } })
    expect(refused.errors?.[0]?.extensions.need).toBe('opportunities:write')
    expect((await graph.as({ permissions: ['leads:read'] }).run(CONVERT, { id })).errors?.[0]?.extensions.need).toBe(
      'leads:write',
    )
  })
})
