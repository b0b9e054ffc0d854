import { describe, expect, it } from 'vitest'
import { PERMISSIONS } from '../../src/core/permissions.ts'
import { testGraph } from '../kit/graph.ts'

const graph = testGraph()

type Case = { input: Record<string, unknown>; to: Record<string, unknown>; shows: string }

/** Rows that one statement makes, with what can be selected of them: columns, relations, lists, counts, expressions. */
const CASES: Record<string, Case> = {
  Lead: {
    input: { name: 'Ü "x" \\ \u2028', score: 3, company: 'Initech', status: 'NEW' },
    to: { score: 7, company: null },
    shows:
      '__typename id name score company status createdAt updatedAt client { name } owner { email } opportunities { totalCount nodes { id } }',
  },
  Client: {
    input: { name: 'Vandelay', address: '1 Long Road' },
    to: { address: null },
    shows: 'id name address leads { totalCount nodes { id name } }',
  },
  Asset: {
    input: { name: 'switch', customFields: { b: 1, a: [null] }, ipAddress: '10.0.4.7' },
    to: { isActive: false, notes: 'off' },
    shows: 'id name ipAddress customFields isActive notes tags { name } createdBy { email } createdByName createdAt',
  },
  Note: {
    input: { title: 'Plan', body: '{"json": true}', tags: ['a', 'b'] },
    to: { tags: [] },
    shows: 'id title body tags author { email } authorName updatedAt',
  },
  Budget: {
    input: { name: 'Cloud', period: 'MONTH', amount: '10.50', startsOn: '2026-02-28' },
    to: { amount: '1234567890.1', startsOn: '2028-02-29' },
    shows: 'id name amount startsOn businessLine { name }',
  },
  Vendor: {
    input: { name: 'Hooli' },
    to: { name: 'Hooli XYZ' },
    shows: 'id name transactions { totalCount } recurringCosts { totalCount }',
  },
}

const field = (name: string) => name[0]!.toLowerCase() + name.slice(1)
const creating = (name: string, shows: string) =>
  `mutation Make($input: Create${name}Input!) { made: create${name}(input: $input) { ...Shown } } fragment Shown on ${name} { ${shows} }`
const changing = (name: string, shows: string) =>
  `mutation ($id: ID!, $input: Update${name}Input!) { update${name}(id: $id, input: $input) { ${shows} } }`

/** The row as the ordinary executor reads it. */
async function readByField(name: string, id: unknown, shows: string) {
  const query = `query ($id: ID!) { ${field(name)}(id: $id) { ${shows} } }`
  const { data, errors } = await graph.as({ byField: true }).run(query, { id })
  expect(errors).toBeUndefined()
  return JSON.stringify(data[field(name)])
}

async function changed(query: string, variables: object, by: 'statement' | 'executor') {
  const { data, errors } = await graph.as().run(query, { ...variables })
  expect(errors).toBeUndefined()
  expect(graph.answeredBy).toBe(by)
  return Object.values(data)[0] as Record<string, unknown>
}

describe('a change of one row', () => {
  it.each(Object.entries(CASES))('of a(n) %s is shown as it is read', async (name, { input, to, shows }) => {
    const made = await changed(creating(name, shows), { input }, 'statement')
    expect(JSON.stringify(made)).toBe(await readByField(name, made.id, shows))
    const after = await changed(changing(name, shows), { id: made.id, input: to }, 'statement')
    expect(JSON.stringify(after)).toBe(await readByField(name, made.id, shows))
    expect(after).not.toEqual(made)
  })

  it('by several statements is completed field by field, and made once', async () => {
    const { id: tag } = await graph.done('mutation { createTag(input: { name: "rack" }) { id } }')
    const { shows } = CASES.Asset!
    const made = await changed(creating('Asset', shows), { input: { name: 'tagged', tagIds: [tag] } }, 'executor')
    expect(made.tags).toEqual([{ name: 'rack' }])
    expect(JSON.stringify(made)).toBe(await readByField('Asset', made.id, shows))
    const { totalCount } = await graph.done('{ assets(filter: { name: { eq: "tagged" } }) { totalCount } }')
    expect(totalCount).toBe(1)
  })

  it('is completed field by field where variables decide on what is shown', async () => {
    const query = 'mutation ($more: Boolean!) { createLead(input: { name: "Ada" }) { id score @include(if: $more) } }'
    for (const more of [true, false]) {
      const made = await changed(query, { more }, 'executor')
      expect(Object.keys(made)).toEqual(more ? ['id', 'score'] : ['id'])
    }
  })

  it('of which other rows of its table are shown is completed field by field', async () => {
    const { id: client } = await graph.done('mutation { createClient(input: { name: "Umbrella" }) { id } }')
    const query = `mutation { createLead(input: { name: "Leon", clientId: "${client}" }) { id client { leads { totalCount nodes { name } } } } }`
    const made = await changed(query, {}, 'executor')
    expect(made.client).toEqual({ leads: { totalCount: 1, nodes: [{ name: 'Leon' }] } })
  })

  it('among others is made in their order', async () => {
    const query = 'mutation { a: createLead(input: { name: "1" }) { id } b: createLead(input: { name: "2" }) { id } }'
    const { data } = await graph.as().run(query)
    expect(graph.answeredBy).toBe('executor')
    expect(Number(data.b.id)).toBeGreaterThan(Number(data.a.id))
  })

  const create = 'mutation ($input: CreateLeadInput!) { createLead(input: $input) { id name } }'
  const update = 'mutation ($id: ID!) { updateLead(id: $id, input: { score: 1 }) { id } }'

  it.each([
    ['lacks a permission', create, { input: { name: 'Ada' } }, PERMISSIONS.filter((each) => each !== 'leads:write')],
    ['gives what is invalid', create, { input: { name: ' ' } }, PERMISSIONS],
    ['gives a variable of another type', create, { input: { name: 1 } }, PERMISSIONS],
    ['leaves out what is required', create, {}, PERMISSIONS],
    ['names another row’s client', create, { input: { name: 'Ada', clientId: '999999' } }, PERMISSIONS],
    ['changes a row that is not there', update, { id: '999999' }, PERMISSIONS],
    ['changes what is no id', update, { id: 'x' }, PERMISSIONS],
  ])('is refused in the executor’s words where the caller %s', async (_what, query, variables, permissions) => {
    const before = await graph.trail()
    const [one, other] = [await graph.as({ permissions }).run(query, variables), graph.answeredBy]
    const byField = await graph.as({ permissions, byField: true }).run(query, variables)
    expect(other).toBe('executor')
    expect(one.errors?.length).toBe(1)
    const plain = (result: typeof one) =>
      JSON.parse(JSON.stringify(result).replaceAll(/"requestId":"[^"]+"/g, '"requestId":""'))
    expect(plain(one)).toEqual(plain(byField))
    expect(await graph.trail()).toEqual(before)
  })
})
