import fc from 'fast-check'
import { expect } from 'vitest'
import { asSystem } from '../../src/db/tenant.ts'
import { testGraph } from '../kit/graph.ts'

export let graph: ReturnType<typeof testGraph>

/** Called by each file that asks: files that share this module have a database each. */
export function openLeads(): void {
  graph = testGraph()
}

export type Row = {
  id: number
  name: string
  company: string | null
  source: string | null
  score: number
  status: string
  createdAt: Date
}

export const COMPANIES = [null, 'Acme', 'acme', 'Zeta', '100%', 'a_b', 'back\\slash', 'Été']
const STATUSES = ['new', 'contacted', 'qualified', 'lost'] as const
export const FIELDS: Record<string, keyof Row> = {
  ID: 'id',
  NAME: 'name',
  COMPANY: 'company',
  STATUS: 'status',
  SCORE: 'score',
  CREATED_AT: 'createdAt',
}

export const leadOf = fc.record({
  name: fc.constantFrom('Ann', 'ann', 'Bob', 'Ann Lee', 'x%y', 'x_y', 'xay'),
  company: fc.constantFrom(...COMPANIES),
  source: fc.constantFrom(null, 'web', 'Web', 'referral'),
  score: fc.integer({ min: 0, max: 3 }),
  status: fc.constantFrom(...STATUSES),
  createdAt: fc.constantFrom(1, 2, 3).map((day) => new Date(Date.UTC(2026, 0, day))),
})

export const inOrganization = () => ({ organizationId: graph.a.id })

/** The organization's leads become these. */
export const replace = (leads: object[]): Promise<Row[]> =>
  asSystem(async () => {
    const { lead } = graph.kit.app.prisma
    await lead.deleteMany({ where: inOrganization() })
    await lead.createMany({ data: leads.map((row) => ({ ...inOrganization(), ...row })) as never })
    return (await lead.findMany({ where: inOrganization() })) as Row[]
  })

const LIST = `query ($first: Int, $after: String, $offset: Int, $search: String, $filter: LeadFilter, $orderBy: [LeadOrder!]) {
  leads(first: $first, after: $after, offset: $offset, search: $search, filter: $filter, orderBy: $orderBy) {
    totalCount nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`

export const ask = (variables: object) => graph.as().run(LIST, variables as Record<string, unknown>)

export async function page(variables: object) {
  const { data, errors } = await ask(variables)
  expect(errors).toBeUndefined()
  return data.leads as {
    totalCount: number
    nodes: { id: string }[]
    edges: { cursor: string; node: { id: string } }[]
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
  }
}

export const refused = async (variables: object) => {
  const { errors } = await ask(variables)
  return errors?.map(({ extensions }) => [extensions.code, Object.keys(extensions.fields ?? {})])
}

/** Every row that following the pages shows; `between` happens after each page. */
export async function follow(
  variables: object,
  between: (pages: number) => Promise<unknown> = async () => {},
): Promise<number[]> {
  const seen: number[] = []
  let after: string | null = null
  for (let pages = 1; pages < 100; pages += 1) {
    const { nodes, edges, pageInfo } = await page({ ...variables, after })
    expect(edges.map(({ node }) => node.id)).toEqual(nodes.map(({ id }) => id))
    expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([edges[0]?.cursor ?? null, edges.at(-1)?.cursor ?? null])
    seen.push(...nodes.map(({ id }) => Number(id)))
    if (!pageInfo.hasNextPage) return seen
    after = pageInfo.endCursor
    await between(pages)
  }
  return expect.fail('the pages never end')
}
