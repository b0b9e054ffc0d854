import { expect, it } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'

const graph = testGraph()
const CREATE = `mutation ($input: CreateToolInput!) { createTool(input: $input) {
  id name category monthlyCost owner url credentialsHint } }`
const UPDATE =
  'mutation ($id: ID!, $input: UpdateToolInput!) { updateTool(id: $id, input: $input) { name monthlyCost owner } }'
const create = (input: object) =>
  graph.as().run(CREATE, { input: { name: 'GitHub', category: 'development', monthlyCost: '21.00', ...input } })

it('a tool is recorded with what it costs and where its credentials live', async () => {
  const said = { owner: 'james@example.com', url: 'https://github.com', credentialsHint: 'Vault entry #3' }
  const { data } = await create(said)
  expect(data.createTool).toMatchObject({ name: 'GitHub', category: 'development', ...said })
  expect(Number(data.createTool.monthlyCost)).toBe(21)
})

it.each([
  [{ monthlyCost: '-1' }, 'monthlyCost', 'must not be negative.'],
  [{ monthlyCost: '1.005' }, 'monthlyCost', 'must be an amount with at most 12 digits before and 2 after the point.'],
  [{ owner: 'james' }, 'owner', 'must be a mail address like name@example.com.'],
  [{ url: 'javascript:alert(1)' }, 'url', 'must be an address that starts with http:// or https://.'],
])('refuses %j for its %s', async (input, field, sentence) => {
  const { errors } = await create({ name: 'wrong', ...input })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_REQUEST', fields: { [field]: [sentence] } })
})

it('a name is taken once', async () => {
  await create({ name: 'Figma' })
  const { errors } = await create({ name: 'Figma' })
  expect(errors?.[0]?.extensions.code).toBe('CONFLICT')
})

it('the total is the exact sum of every page, and of what is filtered', async () => {
  for (const [name, monthlyCost] of [
    ['s1', '0.10'],
    ['s2', '0.20'],
    ['s3', '487.20'],
  ])
    await create({ name, monthlyCost, category: 'sums' })
  const query =
    'query ($f: ToolFilter) { tools(first: 1, filter: $f) { totalMonthlyEstimate totalCount nodes { name } } }'
  const sum = async (f: object) => (await graph.as().run(query, { f })).data.tools
  const sums = await sum({ category: { eq: 'sums' } })
  expect(sums).toMatchObject({ totalCount: 3, nodes: [{ name: 's1' }] })
  expect(sums.totalMonthlyEstimate).toMatch(/^487\.50?$/)
  expect((await sum({ category: { eq: 'nothing' } })).totalMonthlyEstimate).toMatch(/^0(\.00)?$/)
})

it('create, update and delete are announced and audited', async () => {
  const { id } = (await create({ name: 'Trail', owner: 'a@example.com' })).data.createTool
  const { data } = await graph.as().run(UPDATE, { id, input: { monthlyCost: '22.50', owner: null } })
  expect(data.updateTool).toMatchObject({ name: 'Trail', owner: null })
  await graph.as().run('mutation ($id: ID!) { deleteTool(id: $id) { name } }', { id })
  const { events, audit } = await graph.trail()
  const actions = ['tool.created', 'tool.updated', 'tool.deleted']
  expect(audit.filter(({ targetId }) => targetId === id).map(({ action }) => action)).toEqual(actions)
  expect(events.filter(({ data }) => (data as { id: number }).id === Number(id)).map(({ type }) => type)).toEqual(
    actions,
  )
  const again = await graph.as().run('mutation ($id: ID!) { deleteTool(id: $id) { name } }', { id })
  expect(again.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
})

it('only those with the permission see or change tools', async () => {
  const everythingElse = graph.as({ permissions: ['apps:read', 'servers:read', 'finance:read'] })
  const { errors } = await everythingElse.run('{ tools { totalMonthlyEstimate } }')
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'tools:read' })
  const { id } = (await create({ name: 'Kept' })).data.createTool
  const written = await graph.as({ permissions: ['tools:read'] }).run(UPDATE, { id, input: { name: 'x' } })
  expect(written.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'tools:write' })
})
