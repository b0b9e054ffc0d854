import { beforeAll, expect, it } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'
import { asSystem } from '../db/tenant.ts'

const graph = testGraph()
let dropletId: number

beforeAll(async () => {
  const droplet = {
    ...{ providerId: '12345678', name: 'Omni-Suite-Plainfield', status: 'active', region: 'New York 1', diskGb: 160 },
    ...{ size: 's-4vcpu-8gb', memoryGb: 8, vcpus: 4, monthlyCost: '48', createdAt: new Date() },
  }
  await asSystem(async () => {
    const made = await graph.kit.app.prisma.droplet.create({ data: { ...droplet, organizationId: graph.a.id } })
    dropletId = made.id
  })
})

const APP = 'id slug name language pushedAt url defaultBranch archived visibility'
const CREATE = `mutation ($input: CreateAppInput!) { createApp(input: $input) { ${APP} } }`
const DEPLOY = `mutation ($input: CreateDeploymentInput!) { createDeployment(input: $input) {
  id appName dropletId dropletProviderId dropletName url githubRepo notes app { slug } } }`
const REMOVE = 'mutation ($id: ID!) { deleteApp(id: $id) { slug } }'

const create = (slug: string, input: object = {}) =>
  graph.as().run(CREATE, { input: { slug, url: `https://github.com/${slug}`, ...input } })

async function made(slug: string, input: object = {}) {
  const { data, errors } = await create(slug, input)
  expect(errors).toBeUndefined()
  return data.createApp
}

it('an app is known by its repository and named after it', async () => {
  expect(await made('acme/shop', { language: 'TypeScript', pushedAt: '2026-05-22T10:30:00Z' })).toEqual({
    ...{ id: expect.any(String), slug: 'acme/shop', name: 'shop', language: 'TypeScript', archived: false },
    ...{ pushedAt: '2026-05-22T10:30:00Z', url: 'https://github.com/acme/shop' },
    ...{ defaultBranch: 'main', visibility: 'PRIVATE' },
  })
})

it.each([
  ['no-owner', {}, 'slug'],
  ['a/b/c', {}, 'slug'],
  ['acme/x', { url: 'ftp://example.com' }, 'url'],
  ['acme/x', { name: '' }, 'name'],
])('refuses %s %j for its %s', async (slug, input, field) => {
  const { errors } = await create(slug, input)
  expect(Object.keys(errors?.[0]?.extensions.fields)).toEqual([field])
})

it('a repository is one app', async () => {
  await made('acme/once')
  expect((await create('acme/once')).errors?.[0]?.extensions).toMatchObject({
    code: 'CONFLICT',
    fields: { slug: [expect.any(String)] },
  })
})

it('the catalog lists apps by their last push, and deployments with their droplet', async () => {
  const old = await made('acme/old', { pushedAt: '2020-01-01T00:00:00Z' })
  const never = await made('acme/never')
  const said = {
    appName: 'Old',
    appId: old.id,
    dropletId: String(dropletId),
    url: 'https://old.example.com',
    githubRepo: 'acme/old',
  }
  await graph.as().run(DEPLOY, { input: said })
  await graph.as().run(DEPLOY, { input: { appName: 'Elsewhere', notes: 'on a laptop' } })
  const { data } = await graph.as({ permissions: ['apps:read'] }).run(`{ appCatalog { count
    apps { slug } deployments { appName dropletProviderId dropletName url githubRepo notes } } }`)
  const slugs = data.appCatalog.apps.map(({ slug }: { slug: string }) => slug)
  expect(slugs[0]).toBe('acme/shop')
  expect(slugs[1]).toBe(old.slug)
  expect(slugs).toContain(never.slug)
  expect(data.appCatalog.count).toBe(slugs.length)
  expect(data.appCatalog.deployments).toEqual([
    {
      appName: 'Elsewhere',
      dropletProviderId: null,
      dropletName: null,
      url: null,
      githubRepo: null,
      notes: 'on a laptop',
    },
    {
      ...{ appName: 'Old', dropletProviderId: '12345678', dropletName: 'Omni-Suite-Plainfield' },
      ...{ url: 'https://old.example.com', githubRepo: 'acme/old', notes: null },
    },
  ])
  const theirs = await graph.as({ organization: 'b' }).run('{ appCatalog { count apps { slug } deployments { id } } }')
  expect(theirs.data.appCatalog).toEqual({ count: 0, apps: [], deployments: [] })
})

it('pages of apps go past those that were never pushed to', async () => {
  await made('page/1')
  await made('page/2')
  const query = `query ($after: String) { apps(first: 1, after: $after, filter: { slug: { startsWith: "page/" } }) {
    nodes { slug } pageInfo { endCursor hasNextPage } } }`
  const first = (await graph.as().run(query)).data.apps
  const second = (await graph.as().run(query, { after: first.pageInfo.endCursor })).data.apps
  expect([first.nodes[0].slug, second.nodes[0].slug]).toEqual(['page/2', 'page/1'])
  expect(second.pageInfo.hasNextPage).toBe(false)
})

it('an app counts its open findings beside all of them', async () => {
  const { id } = await made('acme/leaky')
  const report = 'mutation ($input: ReportFindingInput!) { reportFinding(input: $input) { id } }'
  const sighting = { source: 's', repo: 'acme/leaky', severity: 'HIGH', category: 'SECRET' }
  const [one] = [await graph.as().run(report, { input: { ...sighting, title: 'one' } })]
  await graph.as().run(report, { input: { ...sighting, title: 'two' } })
  await graph.as().run('mutation ($id: ID!) { resolveFinding(id: $id) { id } }', { id: one.data.reportFinding.id })
  const query =
    'query ($id: ID!) { app(id: $id) { openFindingCount findings { totalCount nodes { title app { slug } } } } }'
  const { data } = await graph.as().run(query, { id })
  expect(data.app).toMatchObject({ openFindingCount: 1, findings: { totalCount: 2 } })
  expect(data.app.findings.nodes[0].app).toEqual({ slug: 'acme/leaky' })
  const { errors } = await graph.as({ permissions: ['apps:read'] }).run(query, { id })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'findings:read' })
})

it('an app that runs somewhere is not deleted', async () => {
  const { id } = await made('acme/running')
  const deployed = await graph.as().run(DEPLOY, { input: { appName: 'Running', appId: id } })
  const { errors } = await graph.as().run(REMOVE, { id })
  expect(errors?.[0]?.extensions.code).toBe('CONFLICT')
  const remove = 'mutation ($id: ID!) { deleteDeployment(id: $id) { appName } }'
  const removed = await graph.as().run(remove, { id: deployed.data.createDeployment.id })
  expect(removed.data.deleteDeployment).toEqual({ appName: 'Running' })
  expect((await graph.as().run(REMOVE, { id })).data.deleteApp).toEqual({ slug: 'acme/running' })
})

it("a deployment cannot name another organization's droplet", async () => {
  const input = { appName: 'Stray', dropletId: String(dropletId) }
  const { errors } = await graph.as({ organization: 'b' }).run(DEPLOY, { input })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_REQUEST', fields: { dropletId: ['No such row.'] } })
})

it('every change of apps and deployments is announced and audited', async () => {
  const app = await made('acme/trail')
  await graph.as().run('mutation ($id: ID!, $input: UpdateAppInput!) { updateApp(id: $id, input: $input) { id } }', {
    id: app.id,
    input: { archived: true, language: 'Go' },
  })
  const { data } = await graph.as().run(DEPLOY, { input: { appName: 'Trail' } })
  const { id } = data.createDeployment
  const update =
    'mutation ($id: ID!, $input: UpdateDeploymentInput!) { updateDeployment(id: $id, input: $input) { notes } }'
  expect((await graph.as().run(update, { id, input: { notes: 'n' } })).data.updateDeployment).toEqual({ notes: 'n' })
  await graph.as().run('mutation ($id: ID!) { deleteDeployment(id: $id) { id } }', { id })
  await graph.as().run(REMOVE, { id: app.id })
  const { events, audit } = await graph.trail()
  const of = (type: string, id: string) =>
    audit.filter(({ targetType, targetId }) => targetType === type && targetId === id).map(({ action }) => action)
  expect(of('app', app.id)).toEqual(['app.created', 'app.updated', 'app.deleted'])
  expect(of('deployment', id)).toEqual(['deployment.created', 'deployment.updated', 'deployment.deleted'])
  expect(events.map(({ type }) => type).slice(-6)).toEqual(audit.map(({ action }) => action).slice(-6))
})

it('reading and writing each need their permission', async () => {
  const reader = graph.as({ permissions: ['apps:read'] })
  const written = await reader.run(CREATE, { input: { slug: 'a/b', url: 'https://example.com' } })
  expect(written.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'apps:write' })
  const deployed = await reader.run(DEPLOY, { input: { appName: 'x' } })
  expect(deployed.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'apps:write' })
  const { errors } = await graph.as({ permissions: ['servers:read'] }).run('{ appCatalog { count } }')
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'apps:read' })
})
