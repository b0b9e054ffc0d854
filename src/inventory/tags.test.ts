import { expect, it } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'

const graph = testGraph()
const CREATE = 'mutation ($input: CreateTagInput!) { createTag(input: $input) { id name slug color } }'
const create = (input: object) => graph.as().run(CREATE, { input })

it('a tag makes its slug of its name unless it is given one', async () => {
  expect((await create({ name: 'Größe: Ünder $5' })).data.createTag).toMatchObject({ slug: 'grosse-under-5' })
  const given = await create({ name: 'Servers', slug: 'srv', color: '#FF0000' })
  expect(given.data.createTag).toMatchObject({ name: 'Servers', slug: 'srv', color: '#FF0000' })
})

it.each([
  [{ name: '日本' }, 'slug'],
  [{ name: 'x', slug: 'Not Good' }, 'slug'],
  [{ name: 'x', color: 'red' }, 'color'],
])('refuses %j for its %s', async (input, field) => {
  const { errors } = await create(input)
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_REQUEST' })
  expect(Object.keys(errors?.[0]?.extensions.fields)).toEqual([field])
})

it('two tags cannot share a slug, but two organizations can', async () => {
  await create({ name: 'twice' })
  const { errors } = await create({ name: 'Twice' })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', fields: { slug: [expect.any(String)] } })
  const theirs = await graph.as({ organization: 'b' }).run(CREATE, { input: { name: 'twice' } })
  expect(theirs.errors).toBeUndefined()
})

it('create, update and delete are announced and audited', async () => {
  const { id } = (await create({ name: 'gone' })).data.createTag
  const update = 'mutation ($id: ID!, $input: UpdateTagInput!) { updateTag(id: $id, input: $input) { name slug } }'
  const { data } = await graph.as().run(update, { id, input: { name: 'Gone soon' } })
  expect(data.updateTag).toEqual({ name: 'Gone soon', slug: 'gone' })
  await graph.as().run('mutation ($id: ID!) { deleteTag(id: $id) { id } }', { id })
  const { events, audit } = await graph.trail()
  const actions = ['tag.created', 'tag.updated', 'tag.deleted']
  expect(audit.filter(({ targetId }) => targetId === id).map(({ action }) => action)).toEqual(actions)
  expect(events.filter(({ data }) => (data as { id: number }).id === Number(id)).map(({ type }) => type)).toEqual(
    actions,
  )
  expect((await graph.as().run('query ($id: ID!) { tag(id: $id) { id } }', { id })).data.tag).toBeNull()
})

it('tags come by name', async () => {
  const { data } = await graph.as({ organization: 'b' }).run('{ tags { nodes { name } totalCount } }')
  expect(data.tags).toEqual({ nodes: [{ name: 'twice' }], totalCount: 1 })
})

it('a reader cannot write', async () => {
  const { errors } = await graph.as({ permissions: ['assets:read'] }).run(CREATE, { input: { name: 'x' } })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'assets:write' })
})
