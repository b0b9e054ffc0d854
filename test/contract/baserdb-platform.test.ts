import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
let key = ''
beforeAll(async () => {
  key = (await minted(server)).token
})

const ask = (method: string, path: string, body?: unknown, as: string | undefined = key) =>
  server.request(`/api/v1/${path}`, { method, key: as, ...(body !== undefined && { body }) })
const get = (path: string, as?: string) => ask('GET', path, undefined, as)

const PROJECT = ['id', 'slug', 'name', 'description', 'archived_at', 'created_at', 'updated_at']
const GROUP = ['id', 'project_id', 'slug', 'name', 'description', 'created_at', 'updated_at']

describe('/api/v1/projects', () => {
  it('are listed by name, filtered and paged', async () => {
    const { status, json } = await get('projects')
    expect([status, Object.keys(json)]).toEqual([200, ['success', 'data', 'meta', 'error']])
    expect(json.meta.pagination).toEqual({ limit: 50, next_cursor: null, total: 4 })
    expect(Object.keys(json.data[0])).toEqual(PROJECT)
    const slugs = async (query: string) => (await get(`projects?${query}`)).json.data.map((row: any) => row.slug)
    expect(await slugs('archived=true')).toEqual(['legacy-website'])
    expect(await slugs('archived=false')).toEqual(['customer-portal', 'internal-tools', 'omni-suite'])
    expect(await slugs('slug=omni-suite')).toEqual(['omni-suite'])
    const first = (await get('projects?limit=3')).json
    expect(await slugs(`limit=3&cursor=${first.meta.pagination.next_cursor}`)).toEqual(['omni-suite'])
  })

  it('are set up, shown, changed and deleted', async () => {
    const made = await ask('POST', 'projects', { name: 'Data Lake', description: 'Deep.' })
    expect([made.status, Object.keys(made.json.data)]).toEqual([201, PROJECT])
    const { id } = made.json.data
    expect(made.json.data).toMatchObject({ slug: 'data-lake', description: 'Deep.', archived_at: null })
    expect((await get(`projects/${id}`)).json.data).toEqual(made.json.data)
    const changed = await ask('PATCH', `projects/${id}`, { name: 'Data Sea', archived: true })
    expect(changed.json.data).toMatchObject({
      id,
      slug: 'data-lake',
      name: 'Data Sea',
      archived_at: expect.any(String),
    })
    const gone = await ask('DELETE', `projects/${id}`)
    expect([gone.status, gone.json.data]).toEqual([200, { outcome: 'deleted', project: changed.json.data }])
    expect((await get(`projects/${id}`)).status).toBe(404)
  })

  it('are archived where groups belong to them, and the answer says so', async () => {
    const { data: project } = (await ask('POST', 'projects', { name: 'Kept' })).json
    const { data: group } = (await ask('POST', 'groups', { name: 'Below', project_id: project.id })).json
    const answer = await ask('DELETE', `projects/${project.id}`)
    expect(answer.status).toBe(200)
    expect(answer.json.data).toMatchObject({ outcome: 'archived', project: { id: project.id } })
    expect(answer.json.data.project.archived_at).not.toBeNull()
    expect((await get(`groups/${group.id}`)).status).toBe(200)
    const late = await ask('POST', 'groups', { name: 'Late', project_id: project.id })
    expect([late.status, late.json.error.code]).toEqual([409, 'conflict'])
    await ask('DELETE', `groups/${group.id}`)
    expect((await ask('DELETE', `projects/${project.id}`)).json.data.outcome).toBe('deleted')
  })

  it('409 where the slug is taken, 400 where a field is wrong, 404 where there is none', async () => {
    const taken = await ask('POST', 'projects', { name: 'Omni Suite' })
    expect([taken.status, taken.json.error.code]).toEqual([409, 'conflict'])
    expect(Object.keys(taken.json.error.details.fields)).toEqual(['slug'])
    expect((await ask('POST', 'projects', { description: 'nameless' })).status).toBe(400)
    expect((await ask('POST', 'projects', { name: 'x', owner: 'me' })).status).toBe(400)
    for (const method of ['GET', 'PATCH', 'DELETE'])
      expect((await ask(method, 'projects/2000000000', method === 'PATCH' ? {} : undefined)).status, method).toBe(404)
  })

  it('412 where the project changed meanwhile', async () => {
    const { data } = (await ask('POST', 'projects', { name: 'Watched' })).json
    const etag = (await get(`projects/${data.id}`)).headers.get('etag')!
    await ask('PATCH', `projects/${data.id}`, { name: 'Watched closely' })
    const late = (method: string, body?: object) =>
      server.request(`/api/v1/projects/${data.id}`, {
        method,
        key,
        headers: { 'if-match': etag },
        ...(body && { body }),
      })
    expect((await late('PATCH', { name: 'Too late' })).status).toBe(412)
    expect((await late('DELETE')).status).toBe(412)
    expect((await get(`projects/${data.id}`)).json.data.name).toBe('Watched closely')
  })
})

describe('/api/v1/groups', () => {
  it('are listed by name, of all projects or one', async () => {
    const { json } = await get('groups')
    expect(Object.keys(json.data[0])).toEqual(GROUP)
    const { data: projects } = (await get('projects?slug=omni-suite')).json
    const below = (await get(`groups?project_id=${projects[0].id}`)).json
    expect(below.data.map(({ slug }: { slug: string }) => slug)).toEqual(['production', 'reporting', 'staging'])
    expect(below.meta.pagination.total).toBe(3)
  })

  it('are set up in a project, shown, changed, moved and deleted', async () => {
    const [one, two] = (await get('projects?archived=false')).json.data
    const made = await ask('POST', 'groups', { name: 'Batch Jobs', project_id: one.id })
    expect([made.status, Object.keys(made.json.data)]).toEqual([201, GROUP])
    const { id } = made.json.data
    expect(made.json.data).toMatchObject({ project_id: one.id, slug: 'batch-jobs' })
    expect((await get(`groups/${id}`)).json.data).toEqual(made.json.data)
    const moved = await ask('PATCH', `groups/${id}`, { project_id: two.id })
    expect(moved.json.data).toMatchObject({ id, project_id: two.id })
    const gone = await ask('DELETE', `groups/${id}`)
    expect([gone.status, gone.json.data]).toEqual([200, moved.json.data])
    expect((await get(`groups/${id}`)).status).toBe(404)
  })

  it('need to know their project where there are several', async () => {
    const { status, json } = await ask('POST', 'groups', { name: 'Where' })
    expect([status, Object.keys(json.error.details.fields)]).toEqual([400, ['project_id']])
    expect((await ask('POST', 'groups', { name: 'Nowhere', project_id: 2_000_000_000 })).status).toBe(400)
  })

  it('go into the only project there is', async () => {
    const { token } = await minted(server, { organization: 1 })
    const { data: projects } = (await get('projects', token)).json
    const { status, json } = await ask('POST', 'groups', { name: 'New' }, token)
    expect([status, json.data.project_id]).toEqual([201, projects[0].id])
  })
})

describe('another organization and other permissions', () => {
  it('sees its own alone', async () => {
    const { token } = await minted(server, { organization: 1 })
    const { data: own } = (await get('projects', token)).json
    expect(own.map(({ slug }: { slug: string }) => slug)).toEqual(['canary'])
    for (const [method, body] of [['GET'], ['PATCH', { name: 'Mine' }], ['DELETE']] as const)
      expect((await ask(method, `projects/${own[0].id}`, body)).status).toBe(404)
  })

  it('reads with projects:read, changes with projects:write', async () => {
    const { token } = await minted(server, { family: 'devsphere', scopes: ['projects:read'] })
    expect((await get('projects', token)).status).toBe(200)
    expect((await get('groups', token)).status).toBe(200)
    for (const resource of ['projects', 'groups']) {
      const { status, json } = await ask('POST', resource, { name: 'No' }, token)
      expect([status, json.error.details]).toEqual([403, { need: 'projects:write' }])
    }
    const { token: none } = await minted(server, { scopes: ['apps:read'] })
    expect((await get('projects', none)).json.error.details).toEqual({ need: 'projects:read' })
  })
})

describe('/api/v1/organizations', () => {
  it('founded by somebody who is signed in is theirs to choose at once', async () => {
    const { email, password } = server.demo.organizations[0]!.users.find(({ role }) => role === 'admin')!
    const login = await server.request('/api/v1/auth/login', { method: 'POST', body: { email, password } })
    const token = login.json.data.access_token
    const first = await server.request('/api/v1/projects', { key: token })
    expect(first.status).toBe(200)
    const made = await server.request('/api/v1/organizations', {
      ...{ method: 'POST', key: token, body: { slug: 'their-own', name: 'Their own' } },
    })
    expect([made.status, made.json.error]).toEqual([201, null])
    const asked = { key: token, headers: { 'x-organization': 'their-own' } }
    const own = await server.request('/api/v1/projects', asked)
    expect([own.status, own.json.data]).toEqual([200, []])
    const { json } = await server.request('/api/v1/auth/me', asked)
    expect(json.data.organizations.map(({ slug }: { slug: string }) => slug)).toContain('their-own')
  })

  const ORGANIZATION = ['id', 'slug', 'name', 'description', 'created_at']

  it('are founded by somebody, who owns them and may choose them', async () => {
    const { token } = await minted(server, { family: 'clientst0r', role: 'owner' })
    const made = await ask('POST', 'organizations', { slug: 'imagine-labs', name: 'Imagine Labs' }, token)
    expect([made.status, Object.keys(made.json.data)]).toEqual([201, ORGANIZATION])
    const { id } = made.json.data
    expect((await get(`organizations/${id}`, token)).json.data).toEqual(made.json.data)
    const there = (path: string, options: object = {}) =>
      server.request(`/api/v1/${path}`, { key: token, headers: { 'x-organization': 'imagine-labs' }, ...options })
    const { json } = await there('audit/events')
    expect(json.data.map(({ action }: { action: string }) => action)).toEqual(['organization.created'])
    const changed = await there(`organizations/${id}`, { method: 'PATCH', body: { name: 'Imagine', slug: 'imagine' } })
    expect([changed.status, changed.json.data]).toEqual([200, { ...made.json.data, name: 'Imagine', slug: 'imagine' }])
    expect((await there('projects')).status).toBe(404)
    const renamed = await server.request('/api/v1/projects', { key: token, headers: { 'x-organization': 'imagine' } })
    expect([renamed.status, renamed.json.data]).toEqual([200, []])
  })

  it('409 where the slug is taken', async () => {
    for (const answer of [
      await ask('POST', 'organizations', { slug: 'canary', name: 'Mine' }),
      await ask('PATCH', 'organizations/1', { slug: 'canary' }),
    ]) {
      expect([answer.status, answer.json.error.code]).toEqual([409, 'conflict'])
      expect(Object.keys(answer.json.error.details.fields)).toEqual(['slug'])
    }
  })

  it('412 where it changed meanwhile', async () => {
    const headers = { 'if-match': (await get('organizations/1')).headers.get('etag')! }
    const change = (description: string) =>
      server.request('/api/v1/organizations/1', { method: 'PATCH', key, headers, body: { description } })
    expect([(await change('First')).status, (await change('Second')).status]).toEqual([200, 412])
  })

  it('are not changed from outside, nor without permission', async () => {
    expect((await ask('PATCH', 'organizations/2', { name: 'Mine' })).status).toBe(404)
    const { token } = await minted(server, { scopes: ['organizations:read'] })
    for (const answer of [
      await ask('POST', 'organizations', { name: 'No' }, token),
      await ask('PATCH', 'organizations/1', { name: 'No' }, token),
    ])
      expect([answer.status, answer.json.error.details]).toEqual([403, { need: 'organizations:write' }])
  })
})
