import { describe, expect, it } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'

const graph = testGraph()
const CREATE = `mutation ($input: CreateProjectInput!) { createProject(input: $input) { id slug name description archivedAt } }`
const UPDATE = `mutation ($id: ID!, $input: UpdateProjectInput!) { updateProject(id: $id, input: $input) { id slug name archivedAt } }`
const DELETE = `mutation ($id: ID!) { deleteProject(id: $id) { id outcome project { id name archivedAt groups { totalCount nodes { name } } } } }`
const GROUP = `mutation ($input: CreateGroupInput!) { createGroup(input: $input) { id slug name projectId project { name } } }`
const CHANGE = `mutation ($id: ID!, $input: UpdateGroupInput!) { updateGroup(id: $id, input: $input) { id slug projectId } }`
const NOON = '2026-05-23T11:42:00Z'

type As = Parameters<typeof graph.as>[0]
const { done, refusal } = graph
const project = (name: string, more: object = {}, as?: As) => done(CREATE, { input: { name, ...more } }, as)
const group = (name: string, more: object = {}, as?: As) => done(GROUP, { input: { name, ...more } }, as)

describe('groups, where none or one project is', () => {
  it('need a project', async () => {
    expect(await refusal(GROUP, { input: { name: 'Alone' } })).toMatchObject({
      ...{ code: 'INVALID_REQUEST', fields: { projectId: ['is needed, and there is no project yet.'] } },
    })
  })

  it('go into the only project that is not archived, and into none of several', async () => {
    const first = await project('Only one')
    expect(await group('Into the only one')).toMatchObject({ projectId: first.id, project: { name: 'Only one' } })
    const second = await project('Another')
    const fields = { projectId: ['is needed, because there are several projects.'] }
    expect(await refusal(GROUP, { input: { name: 'Which' } })).toMatchObject({ code: 'INVALID_REQUEST', fields })
    await done(UPDATE, { id: first.id, input: { archived: true } })
    expect((await group('Into the other')).projectId).toBe(second.id)
  })
})

describe('projects', () => {
  it('get a slug of their name, announced and audited', async () => {
    const made = await project('Größe & Gewicht', { description: 'Both.' })
    expect(made).toMatchObject({ slug: 'grosse-gewicht', description: 'Both.', archivedAt: null })
    const { events, audit } = await graph.trail()
    expect(events.at(-1)).toMatchObject({ type: 'project.created', data: { slug: 'grosse-gewicht' } })
    expect(audit.at(-1)).toMatchObject({ action: 'project.created', targetType: 'project', targetId: made.id })
  })

  it('have slugs of their own, in one organization', async () => {
    await project('Taken')
    const taken = { code: 'CONFLICT', fields: { slug: ['This is already taken; choose another.'] } }
    expect(await refusal(CREATE, { input: { name: 'taken' } })).toMatchObject(taken)
    const other = await project('Free')
    expect(await refusal(UPDATE, { id: other.id, input: { slug: 'taken' } })).toMatchObject(taken)
    expect((await project('Taken', {}, { organization: 'b' })).slug).toBe('taken')
  })

  it.each([{ name: '' }, { name: '日本' }, { name: 'x', slug: 'Not A Slug' }, { name: 'x', slug: '' }])(
    'refuse %j',
    async (input) => expect(await refusal(CREATE, { input })).toMatchObject({ code: 'INVALID_REQUEST' }),
  )

  it('are archived and taken out again', async () => {
    const { id } = await project('Put away')
    expect((await done(UPDATE, { id, input: { archived: true } })).archivedAt).toBe(NOON)
    const listed = (archived: boolean) =>
      graph.as().run(`{ projects(first: 200, filter: { archived: { eq: ${archived} } }) { nodes { id } } }`)
    const ids = async (archived: boolean) =>
      (await listed(archived)).data.projects.nodes.map((each: { id: string }) => each.id)
    expect([(await ids(true)).includes(id), (await ids(false)).includes(id)]).toEqual([true, false])
    const { audit } = await graph.trail()
    expect(audit.at(-1)).toMatchObject({ action: 'project.updated', changes: { archivedAt: { from: null } } })
    expect(await refusal(GROUP, { input: { name: 'Late', projectId: id } })).toMatchObject({ code: 'CONFLICT' })
    expect((await done(UPDATE, { id, input: { archived: false } })).archivedAt).toBeNull()
    expect((await group('In time', { projectId: id })).projectId).toBe(id)
  })

  it('without groups are deleted', async () => {
    const { id } = await project('Empty')
    expect(await done(DELETE, { id })).toEqual({
      ...{ id, outcome: 'DELETED' },
      project: { id, name: 'Empty', archivedAt: null, groups: { totalCount: 0, nodes: [] } },
    })
    expect((await graph.as().run(`{ project(id: ${id}) { id } }`)).errors?.[0]?.extensions.code).toBe('NOT_FOUND')
    const { events, audit } = await graph.trail()
    expect([events.at(-1)?.type, audit.at(-1)?.action]).toEqual(['project.deleted', 'project.deleted'])
  })

  it('with groups are archived instead, and stay archived since then', async () => {
    const { id } = await project('Full')
    await group('Below', { projectId: id })
    const archived = { id, name: 'Full', archivedAt: NOON, groups: { totalCount: 1, nodes: [{ name: 'Below' }] } }
    expect(await done(DELETE, { id })).toEqual({ id, outcome: 'ARCHIVED', project: archived })
    const { events, audit } = await graph.trail()
    expect(events.at(-1)).toMatchObject({ type: 'project.archived', data: { name: 'Full' } })
    expect(audit.at(-1)).toMatchObject({ action: 'project.archived', targetId: id })
    expect(await done(DELETE, { id })).toEqual({ id, outcome: 'ARCHIVED', project: archived })
  })

  it('are deleted or archived whoever makes a group at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id } = await project(`Race ${round}`)
      const [gone, made] = await Promise.all([
        graph.as().run(DELETE, { id }),
        graph.as().run(GROUP, { input: { name: 'Racer', projectId: id } }),
      ])
      expect(gone.errors).toBeUndefined()
      const there = (await graph.as().run(`{ project(id: ${id}) { groups { totalCount } } }`)).data?.project
      if (made.errors) expect(['INVALID_REQUEST', 'CONFLICT']).toContain(made.errors[0]!.extensions.code)
      else expect(there).toEqual({ groups: { totalCount: 1 } })
    }
  })
})

describe('groups', () => {
  it('have slugs of their own in their project', async () => {
    const [one, two] = [await project('One'), await project('Two')]
    const first = await group('Same', { projectId: one.id })
    const taken = { code: 'CONFLICT', fields: { slug: ['This is already taken; choose another.'] } }
    expect(await refusal(GROUP, { input: { name: 'Same', projectId: one.id } })).toMatchObject(taken)
    const second = await group('Same', { projectId: two.id })
    expect(await refusal(CHANGE, { id: second.id, input: { projectId: one.id } })).toMatchObject(taken)
    expect(await done(CHANGE, { id: first.id, input: { slug: 'other' } })).toMatchObject({ slug: 'other' })
    expect(await done(CHANGE, { id: second.id, input: { projectId: one.id } })).toMatchObject({ projectId: one.id })
  })

  it('are deleted, announced and audited', async () => {
    const { id } = await group('Short-lived', { projectId: (await project('Around')).id })
    const remove = 'mutation ($id: ID!) { deleteGroup(id: $id) { id name project { name } } }'
    expect(await done(remove, { id })).toEqual({ id, name: 'Short-lived', project: { name: 'Around' } })
    const { events, audit } = await graph.trail()
    expect([events.at(-1)?.type, audit.at(-1)?.action]).toEqual(['group.deleted', 'group.deleted'])
  })

  it('belong to no project of another organization', async () => {
    const theirs = await project('Theirs', {}, { organization: 'b' })
    const own = await group('Ours', { projectId: (await project('Own')).id })
    for (const projectId of [theirs.id, '2000000000']) {
      const fields = { projectId: ['No such row.'] }
      expect(await refusal(GROUP, { input: { name: 'Stray', projectId } })).toMatchObject({ fields })
      expect(await refusal(CHANGE, { id: own.id, input: { projectId } })).toMatchObject({ fields })
    }
    expect(await refusal(DELETE, { id: theirs.id })).toMatchObject({ code: 'NOT_FOUND' })
  })
})

it('nothing of it is done without permission', async () => {
  const as: As = { permissions: ['projects:read'] }
  const need = { code: 'FORBIDDEN', need: 'projects:write' }
  expect(await refusal(CREATE, { input: { name: 'No' } }, as)).toMatchObject(need)
  expect(await refusal(DELETE, { id: 1 }, as)).toMatchObject(need)
  expect(await refusal(GROUP, { input: { name: 'No' } }, as)).toMatchObject(need)
  expect(await refusal('{ groups { totalCount } }', {}, { permissions: [] })).toMatchObject({ need: 'projects:read' })
})
