import { expect, it } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'

const graph = testGraph()
const FIELDS = 'id kind title body tags authorName author { email } authorId'
const CREATE = `mutation ($input: CreateNoteInput!) { createNote(input: $input) { ${FIELDS} } }`
const UPDATE = `mutation ($id: ID!, $input: UpdateNoteInput!) { updateNote(id: $id, input: $input) { ${FIELDS} } }`
const create = (input: object) =>
  graph.as({ role: 'editor' }).run(CREATE, { input: { title: 't', body: 'b', ...input } })

it('a note belongs to whoever writes it', async () => {
  const { data } = await create({ title: 'Runbook', body: '# Restart\n', tags: ['ops', 'ops', 'db'] })
  expect(data.createNote).toEqual({
    ...{ id: expect.any(String), kind: 'USER', title: 'Runbook', body: '# Restart\n', tags: ['ops', 'db'] },
    ...{ authorName: 'editor of a', author: { email: 'editor@a.example.com' }, authorId: String(graph.a.users.editor) },
  })
})

it.each([
  [{ title: '' }, 'title'],
  [{ body: 'x'.repeat(100_001) }, 'body'],
  [{ tags: [' '] }, 'tags.0'],
  [{ tags: Array.from({ length: 51 }, (_, i) => `t${i}`) }, 'tags'],
])('refuses too little or too much', async (input, field) => {
  const { errors } = await create(input)
  expect(errors?.[0]?.extensions.code).toBe('INVALID_REQUEST')
  expect(Object.keys(errors?.[0]?.extensions.fields)).toEqual([field])
})

it('create, update and delete are announced and audited', async () => {
  const { id } = (await create({ title: 'Trail' })).data.createNote
  const { data } = await graph.as().run(UPDATE, { id, input: { kind: 'WIKI', tags: [] } })
  expect(data.updateNote).toMatchObject({ kind: 'WIKI', title: 'Trail', tags: [], authorName: 'editor of a' })
  await graph.as().run('mutation ($id: ID!) { deleteNote(id: $id) { title } }', { id })
  const { events, audit } = await graph.trail()
  const actions = ['note.created', 'note.updated', 'note.deleted']
  expect(audit.filter(({ targetId }) => targetId === id).map(({ action }) => action)).toEqual(actions)
  expect(events.filter(({ data }) => (data as { id: number }).id === Number(id)).map(({ type }) => type)).toEqual(
    actions,
  )
})

it('notes are found by words of their title and body, and by kind', async () => {
  await create({ title: 'Backups', body: 'Every night at three.', kind: 'WIKI' })
  const find = async (args: string) => {
    const { data } = await graph.as().run(`{ notes(${args}) { nodes { title } } }`)
    return data.notes.nodes.map(({ title }: { title: string }) => title)
  }
  expect(await find('search: "backups NIGHT"')).toEqual(['Backups'])
  expect(await find('filter: { kind: { eq: WIKI } }')).toEqual(['Backups'])
  expect(await find('search: "backups noon"')).toEqual([])
})

it("another organization's note does not exist", async () => {
  const { id } = (await create({ title: 'Mine' })).data.createNote
  const { errors } = await graph.as({ organization: 'b' }).run('query ($id: ID!) { note(id: $id) { title } }', { id })
  expect(errors?.[0]?.extensions.code).toBe('NOT_FOUND')
})

it('reading and writing each need their permission', async () => {
  const written = await graph.as({ permissions: ['notes:read'] }).run(CREATE, { input: { title: 't', body: 'b' } })
  expect(written.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'notes:write' })
  const { errors } = await graph.as({ permissions: ['documents:read'] }).run('{ notes { totalCount } }')
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'notes:read' })
})
