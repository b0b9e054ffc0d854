import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asSystem, TenantPool } from '../../src/db/tenant.ts'
import { testGraph } from '../kit/graph.ts'

const graph = testGraph()
const PARENTS = 50

/** What reaches the database of everything that is asked of it; a scope and its transaction come with each. */
const counted: string[] = []
const { query } = TenantPool.prototype

beforeAll(async () => {
  await seed()
  TenantPool.prototype.query = function (this: TenantPool, statement: pg.QueryConfig | string) {
    counted.push(typeof statement === 'string' ? statement : statement.text)
    return query.call(this, statement)
  }
})
afterAll(() => {
  TenantPool.prototype.query = query
})

const ids = Array.from({ length: PARENTS }, (_, i) => i + 1)

async function seed(): Promise<void> {
  const { prisma } = graph.kit.app
  const { id: organizationId } = graph.a
  const each = <T>(make: (i: number) => T) => ids.map(make)
  await asSystem(async () => {
    await prisma.client.createMany({ data: each((i) => ({ organizationId, id: i, name: `Client ${i}` })) })
    await prisma.lead.createMany({
      data: each((i) => ({ organizationId, clientId: i, name: `Lead ${i}`, ownerId: graph.a.users.owner })),
    })
    await prisma.opportunity.createMany({
      data: each((i) => ({ organizationId, id: i, clientId: i, name: `Deal ${i}`, value: '10.00' })),
    })
    const amounts = { subtotal: '10.00', tax: '0.00', total: '10.00' }
    const invoice = { organizationId, issuedOn: new Date('2026-05-01'), ...amounts }
    await prisma.invoice.createMany({ data: each((i) => ({ ...invoice, id: i, clientId: i, number: `I-${i}` })) })
    const line = { organizationId, position: 1, quantity: '1', unitPrice: '10.00', amount: '10.00' }
    await prisma.invoiceLine.createMany({ data: each((i) => ({ ...line, invoiceId: i, description: `Line ${i}` })) })
    await prisma.app.createMany({
      data: each((i) => ({
        organizationId,
        id: i,
        slug: `example/app-${i}`,
        name: `App ${i}`,
        url: 'https://example.com',
      })),
    })
    const droplet = {
      organizationId,
      status: 'active',
      region: 'nyc3',
      size: 's',
      memoryGb: 1,
      vcpus: 1,
      diskGb: 25,
      monthlyCost: '6.00',
      createdAt: new Date(),
    }
    await prisma.droplet.createMany({
      data: each((i) => ({ ...droplet, id: i, providerId: String(i), name: `droplet-${i}` })),
    })
    await prisma.deployment.createMany({
      data: each((i) => ({ organizationId, appId: i, dropletId: i, appName: `App ${i}` })),
    })
    const seen = { firstSeenAt: new Date(), lastSeenAt: new Date() }
    const finding = {
      organizationId,
      source: 'scan',
      repo: 'r',
      severity: 'high',
      category: 'secret',
      soc2Control: 'CC6.1',
      ...seen,
    } as const
    await prisma.finding.createMany({
      data: each((i) => ({ ...finding, appId: i, title: `Finding ${i}`, fingerprint: String(i) })),
    })
  })
}

/** How many statements a query takes for that many parents, and that it really read them. */
async function statements(asked: (first: number) => string, first: number, byField = true): Promise<number> {
  counted.length = 0
  const { data, errors } = await graph.as({ byField }).run(asked(first))
  expect(errors).toBeUndefined()
  expect(data.list.nodes).toHaveLength(first)
  return counted.length
}

const NESTED: Record<string, (first: number) => string> = {
  'clients with leads, opportunities, invoices and their lines': (
    first,
  ) => `{ list: clients(first: ${first}) { nodes { name
    leads { nodes { name owner { email } } } opportunities { nodes { name } }
    invoices { nodes { number lines { description } payments { amount } } } } } }`,
  'the same with counts': (first) => `{ list: clients(first: ${first}) { totalCount nodes { name
    leads { totalCount nodes { name } } opportunities { totalCount } invoices { totalCount nodes { number } } } } }`,
  'apps with deployments, their droplets and findings': (first) => `{ list: apps(first: ${first}) { nodes { slug
    deployments { nodes { appName droplet { name } } } findings { nodes { title } } } } }`,
  'apps with counts of two kinds': (first) => `{ list: apps(first: ${first}) { nodes { slug openFindingCount
    findings { totalCount } deployments { totalCount } } } }`,
  'one list under two names': (first) =>
    `{ list: clients(first: ${first}) { nodes { a: leads(first: 1) { nodes { name } } b: leads(first: 2) { nodes { name } } } } }`,
  'one list under two names, filtered and counted': (first) => `{ list: clients(first: ${first}) { nodes {
    a: leads(filter: { score: { gte: 1 } }) { totalCount nodes { name } } b: leads(first: 2) { totalCount nodes { name } } } } }`,
  'sums that each row computes': (first) =>
    `{ list: clients(first: ${first}) { nodes { outstandingBalance(currency: "USD") } } }`,
  'the way back up': (first) =>
    `{ list: invoices(first: ${first}) { nodes { client { name leads { nodes { client { name } } } } opportunity { name } } } }`,
}

/** What has an argument below a list, or a resolver alone, is read field by field. */
const NOT_COMPILED = new Set(['sums that each row computes'])

describe('one statement', () => {
  it.each(Object.entries(NESTED).filter(([name]) => !NOT_COMPILED.has(name)))('reads %s', async (_name, query) => {
    expect(await statements(query, PARENTS, false)).toBe(1)
  })
})

describe('field by field, the number of statements', () => {
  it.each(Object.entries(NESTED))('%s: is the same for 5 parents and for 50', async (name, query) => {
    const few = await statements(query, 5)
    const many = await statements(query, PARENTS)
    console.log(`${name}: ${few} statements`)
    expect(many).toBe(few)
    expect(few).toBeLessThanOrEqual(10)
  })

  it('grows when more is asked, so that it is really counted', async () => {
    const rows = await statements((first) => `{ list: clients(first: ${first}) { nodes { name } } }`, 5)
    const total = await statements((first) => `{ list: clients(first: ${first}) { totalCount nodes { name } } }`, 5)
    expect([rows, total]).toEqual([1, 2])
  })

  it('of a count alone is one, and of its rows none', async () => {
    counted.length = 0
    expect((await graph.as({ byField: true }).run('{ clients { totalCount } }')).data).toEqual({
      clients: { totalCount: PARENTS },
    })
    expect(counted).toHaveLength(1)
    expect(counted[0]).toMatch(/count/i)
  })
})
