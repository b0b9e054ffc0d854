import { describe, expect, it } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'
import { asSystem } from '../db/tenant.ts'

const graph = testGraph()
const CREATE = `mutation ($input: CreateOrganizationInput!) { createOrganization(input: $input) { id slug name description } }`
const UPDATE = `mutation ($id: ID!, $input: UpdateOrganizationInput!) { updateOrganization(id: $id, input: $input) { id slug name description } }`

type As = Parameters<typeof graph.as>[0]
const ask = (query: string, variables: object, as?: As) => graph.as(as).run(query, { ...variables })
const refusal = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).errors?.[0]?.extensions

describe('an organization that somebody founds', () => {
  it('belongs to them, with its own trail', async () => {
    const { data, errors } = await ask(
      CREATE,
      { input: { name: 'Imagine Labs', description: 'New.' } },
      { role: 'admin' },
    )
    expect(errors).toBeUndefined()
    expect(data.createOrganization).toMatchObject({ slug: 'imagine-labs', name: 'Imagine Labs', description: 'New.' })
    const where = { organizationId: Number(data.createOrganization.id) }
    const { prisma } = graph.kit.app
    await asSystem(async () => {
      expect(await prisma.membership.findMany({ where, select: { id: true, role: true } })).toEqual([
        { id: graph.a.users.admin, role: 'owner' },
      ])
      const told = { slug: 'imagine-labs', name: 'Imagine Labs', owner: 'admin@a.example.com' }
      expect(await prisma.event.findMany({ where })).toMatchObject([{ type: 'organization.created', data: told }])
      expect(await prisma.auditEvent.findMany({ where })).toMatchObject([
        { action: 'organization.created', actorKind: 'key', actorName: 'test', changes: told },
      ])
    })
  })

  it('is none of the rows of whoever founded it', async () => {
    const { data } = await ask(CREATE, { input: { name: 'Elsewhere' } })
    expect(
      (await ask(`{ organization(id: ${data.createOrganization.id}) { id } }`, {})).errors?.[0]?.extensions,
    ).toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('has a slug that nobody else has, and is not made by halves', async () => {
    const taken = { code: 'CONFLICT', fields: { slug: ['This is already taken; choose another.'] } }
    for (const input of [{ name: 'B' }, { name: 'Another', slug: 'b' }])
      expect(await refusal(CREATE, { input })).toMatchObject(taken)
    const twins = await Promise.all([1, 2, 3].map(() => ask(CREATE, { input: { name: 'Twin', slug: 'twin' } })))
    expect(twins.filter(({ errors }) => !errors)).toHaveLength(1)
    for (const { errors } of twins) if (errors) expect(errors[0]!.extensions).toMatchObject({ code: 'CONFLICT' })
    expect(await refusal(CREATE, { input: { name: '日本' } })).toMatchObject({ code: 'INVALID_REQUEST' })
  })

  it('needs a person', async () => {
    const { ctx } = graph.as()
    const nobody = { ...ctx, actor: { ...ctx.actor, userId: null } }
    await expect(ctx.foundOrganization(nobody, { slug: 'nobody', name: 'Nobody' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  })
})

describe('an organization', () => {
  it('is changed, announced and audited', async () => {
    const input = { name: 'Renamed', slug: 'renamed', description: 'Now.' }
    const { data, errors } = await ask(UPDATE, { id: graph.b.id, input }, { organization: 'b' })
    expect(errors).toBeUndefined()
    expect(data.updateOrganization).toEqual({ id: String(graph.b.id), ...input })
    const { events, audit } = await graph.trail('b')
    expect(events.at(-1)).toMatchObject({ type: 'organization.updated', data: { slug: 'renamed', name: 'Renamed' } })
    expect(audit.at(-1)).toMatchObject({ action: 'organization.updated', changes: { slug: { to: 'renamed' } } })
  })

  it('has a slug that nobody else has', async () => {
    const input = { slug: 'a' }
    const taken = { code: 'CONFLICT', fields: { slug: ['This is already taken; choose another.'] } }
    expect(await refusal(UPDATE, { id: graph.b.id, input }, { organization: 'b' })).toMatchObject(taken)
  })

  it('is not changed by another, as one that never was is not', async () => {
    for (const id of [graph.b.id, 2_000_000_000])
      expect(await refusal(UPDATE, { id, input: { name: 'Mine' } })).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('is neither founded nor changed without permission', async () => {
    const as: As = { permissions: ['organizations:read'] }
    const need = { code: 'FORBIDDEN', need: 'organizations:write' }
    expect(await refusal(CREATE, { input: { name: 'No' } }, as)).toMatchObject(need)
    expect(await refusal(UPDATE, { id: graph.a.id, input: { name: 'No' } }, as)).toMatchObject(need)
  })
})
