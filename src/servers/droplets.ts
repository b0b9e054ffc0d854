import { Deployments } from '../apps/deployment-list.ts'
import { builder } from '../core/builder.ts'
import { connectionType, listField, relatedList } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { rowField } from '../core/row-field.ts'

export const Droplet = builder.prismaObject('Droplet', {
  description: 'A DigitalOcean virtual machine.',
  authScopes: { can: 'servers:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    providerId: t.exposeID('providerId', { description: "DigitalOcean's own number." }),
    name: t.exposeString('name'),
    status: t.exposeString('status', { description: 'new, active, off or archive.' }),
    publicIp: t.exposeString('publicIp', { nullable: true, description: 'IPv4.' }),
    region: t.exposeString('region', { description: 'In words: "New York 1".' }),
    size: t.exposeString('size', { description: '"s-4vcpu-8gb".' }),
    memoryGb: t.exposeFloat('memoryGb', { description: 'Gibibytes.' }),
    vcpus: t.exposeInt('vcpus'),
    diskGb: t.exposeInt('diskGb', { description: 'Gigabytes.' }),
    monthlyCost: t.expose('monthlyCost', { type: 'Decimal', description: 'US dollars a month.' }),
    tags: t.exposeStringList('tags'),
    deployments: relatedList(t, Deployments, 'deployments', {
      description: 'What runs on it.',
      authScopes: { can: 'apps:read' },
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    syncedAt: t.expose('syncedAt', { type: 'DateTime', description: 'When DigitalOcean last told of it.' }),
  }),
})

export const Droplets = defineList({
  model: 'Droplet',
  filter: {
    providerId: 'String',
    name: 'String',
    status: 'String',
    publicIp: 'String',
    region: 'String',
    size: 'String',
    memoryGb: 'Float',
    vcpus: 'Int',
    diskGb: 'Int',
    monthlyCost: 'Decimal',
    createdAt: 'DateTime',
    syncedAt: 'DateTime',
  },
  search: ['name', 'publicIp', 'region', 'size'],
  order: ['id', 'name', 'status', 'region', 'memoryGb', 'vcpus', 'diskGb', 'monthlyCost', 'createdAt', 'syncedAt'],
  defaultOrder: 'name',
})

builder.objectField(connectionType(Droplets), 'totalMonthlyEstimate', (t) =>
  t.field({
    type: 'Decimal',
    description: 'What the droplets on all pages cost together: US dollars a month.',
    complexity: 5,
    resolve: async ({ query }, _args, ctx) => {
      const sum = await ctx.db.droplet.aggregate({ where: query.counted, _sum: { monthlyCost: true } })
      return sum._sum.monthlyCost ?? '0.00'
    },
  }),
)

builder.queryFields((t) => ({
  droplets: listField(t, Droplets, {
    description: 'DigitalOcean droplets with cost, status, network and tags, by name.',
    rest: {
      dialect: 'dashboard',
      route: 'GET /api/v1/droplets',
      view: 'id: providerId name status publicIp region size memoryGb vcpus diskGb monthlyCost tags createdAt',
      list: { params: {}, totals: 'totalMonthlyEstimate' },
    },
    authScopes: { can: 'servers:read' },
  }),
  droplet: rowField(t, Droplet, 'droplet', {
    description: 'One droplet. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'servers:read' },
  }),
}))
