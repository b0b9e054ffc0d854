import { beforeAll, expect, it } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'
import { asSystem } from '../db/tenant.ts'

const graph = testGraph()
const createdAt = new Date('2025-08-12T14:22:00Z')

const droplet = (organizationId: number, name: string, monthlyCost: string) => ({
  ...{ organizationId, name, monthlyCost, createdAt, providerId: `1234${name.length}`, status: 'active', diskGb: 160 },
  ...{ publicIp: '192.0.2.15', region: 'New York 1', size: 's-4vcpu-8gb', memoryGb: 8, vcpus: 4, tags: ['web'] },
})
const cluster = (organizationId: number, name: string, monthlyCost: string | null) => ({
  ...{ organizationId, name, monthlyCost, createdAt, providerId: `db-${name}`, engine: 'pg', version: '16' },
  ...{ region: 'nyc1', size: 'db-s-1vcpu-1gb', nodes: 1, status: 'online' },
})
const vps = (organizationId: number, hostname: string, monthlyCost: string | null) => ({
  ...{ organizationId, hostname, monthlyCost, providerId: `45${hostname.length}`, state: 'running' },
  ...{ publicIp: '203.0.113.42', plan: 'KVM 4', cpus: 4, memoryGb: 16, diskGb: 200 },
})

beforeAll(async () => {
  const { prisma } = graph.kit.app
  const [a, b] = [graph.a.id, graph.b.id]
  await asSystem(async () => {
    await prisma.droplet.createMany({
      data: [droplet(a, 'web', '48.10'), droplet(a, 'app-1', '96.20'), droplet(b, 'theirs', '9')],
    })
    await prisma.databaseCluster.createMany({
      data: [cluster(a, 'main', '15.15'), cluster(a, 'free', null), cluster(b, 'x', '7')],
    })
    await prisma.hostingerVps.createMany({
      data: [vps(a, 'vps-prod-1', '19.99'), vps(a, 'aaa', null), vps(b, 'canary', '5')],
    })
    const space = { endpoint: 'https://assets.nyc3.example.com', region: 'nyc3', createdAt }
    await prisma.space.createMany({
      data: [
        { organizationId: a, name: 'assets', ...space },
        { organizationId: b, name: 'b', ...space },
      ],
    })
    const domain = { expiresAt: new Date('2027-03-15T00:00:00Z'), autoRenew: true }
    await prisma.domain.createMany({
      data: [
        { organizationId: a, domain: 'example.com', ...domain },
        { organizationId: a, domain: 'example.org', registrar: 'elsewhere' },
        { organizationId: b, domain: 'canary.example', ...domain },
      ],
    })
    const [web] = await prisma.droplet.findMany({ where: { organizationId: a, name: 'web' } })
    await prisma.deployment.create({ data: { organizationId: a, appName: 'OmniForgeHQ', dropletId: web!.id } })
  })
})

const read = async (query: string) => {
  const { data, errors } = await graph.as({ permissions: ['servers:read'] }).run(query)
  expect(errors).toBeUndefined()
  return data
}

it('droplets come by name, with the exact sum of their cost and nobody else’s', async () => {
  const { droplets } = await read(`{ droplets { totalCount totalMonthlyEstimate nodes {
    providerId name status publicIp region size memoryGb vcpus diskGb tags createdAt } } }`)
  expect(droplets.totalCount).toBe(2)
  expect(droplets.totalMonthlyEstimate).toMatch(/^144\.30?$/)
  expect(droplets.nodes.map(({ name }: { name: string }) => name)).toEqual(['app-1', 'web'])
  expect(droplets.nodes[1]).toEqual({
    ...{ providerId: '12343', name: 'web', status: 'active', publicIp: '192.0.2.15', region: 'New York 1' },
    ...{ size: 's-4vcpu-8gb', memoryGb: 8, vcpus: 4, diskGb: 160, tags: ['web'], createdAt: '2025-08-12T14:22:00Z' },
  })
})

it('the sum follows the filter, not the page', async () => {
  const { droplets } = await read('{ droplets(first: 0, filter: { name: { eq: "web" } }) { totalMonthlyEstimate } }')
  expect(droplets.totalMonthlyEstimate).toMatch(/^48\.10?$/)
})

it('what a droplet runs is for those who may read apps', async () => {
  const query =
    '{ droplets(filter: { name: { eq: "web" } }) { nodes { deployments { nodes { appName } totalCount } } } }'
  const { data } = await graph.as({ permissions: ['servers:read', 'apps:read'] }).run(query)
  expect(data.droplets.nodes[0].deployments).toEqual({ nodes: [{ appName: 'OmniForgeHQ' }], totalCount: 1 })
  const { errors } = await graph.as({ permissions: ['servers:read'] }).run(query)
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'apps:read' })
})

it('a price that nobody names counts as nothing', async () => {
  const { databaseClusters, hostingerVpses } = await read(`{
    databaseClusters { totalMonthlyEstimate nodes { name monthlyCost } }
    hostingerVpses { totalMonthlyEstimate totalCount } }`)
  expect(databaseClusters.totalMonthlyEstimate).toBe('15.15')
  expect(databaseClusters.nodes).toEqual([
    { name: 'free', monthlyCost: null },
    { name: 'main', monthlyCost: '15.15' },
  ])
  expect(hostingerVpses).toEqual({ totalMonthlyEstimate: '19.99', totalCount: 2 })
})

it('Hostinger shows its machines and its domains, and no other registrar’s', async () => {
  const { hostinger } = await read(`{ hostinger {
    vps { providerId hostname state publicIp plan monthlyCost cpus memoryGb diskGb }
    domains { domain expiresAt autoRenew } } }`)
  expect(hostinger.vps.map(({ hostname }: { hostname: string }) => hostname)).toEqual(['aaa', 'vps-prod-1'])
  expect(hostinger.vps[1]).toMatchObject({ providerId: '4510', plan: 'KVM 4', monthlyCost: '19.99', memoryGb: 16 })
  expect(hostinger.domains).toEqual([{ domain: 'example.com', expiresAt: '2027-03-15T00:00:00Z', autoRenew: true }])
})

it('spaces and domains are listed by name', async () => {
  const { spaces, domains } = await read(
    '{ spaces { nodes { name region endpoint } } domains { nodes { domain registrar } } }',
  )
  expect(spaces.nodes).toEqual([{ name: 'assets', region: 'nyc3', endpoint: 'https://assets.nyc3.example.com' }])
  expect(domains.nodes).toEqual([
    { domain: 'example.com', registrar: 'hostinger' },
    { domain: 'example.org', registrar: 'elsewhere' },
  ])
})

it.each(['droplet', 'databaseCluster', 'space', 'hostingerVps', 'domain'] as const)(
  'a single %s is found by its own organization only',
  async (field) => {
    const mine = await asSystem(async () => {
      const delegate = graph.kit.app.prisma[field] as never as { findFirst(args: object): Promise<{ id: number }> }
      return await delegate.findFirst({ where: { organizationId: graph.a.id } })
    })
    const query = `query ($id: ID!) { ${field}(id: $id) { id } }`
    const found = await graph.as().run(query, { id: String(mine.id) })
    expect(found.data[field]).toEqual({ id: String(mine.id) })
    const theirs = await graph.as({ organization: 'b' }).run(query, { id: String(mine.id) })
    expect(theirs.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
  },
)

it.each(['droplets', 'databaseClusters', 'spaces', 'hostingerVpses', 'domains'])(
  '%s need servers:read',
  async (field) => {
    const { errors } = await graph.as({ permissions: ['apps:read'] }).run(`{ ${field} { totalCount } }`)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'servers:read' })
  },
)
