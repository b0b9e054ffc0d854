import { builder } from '../core/builder.ts'
import { connectionType, listField } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { rowField } from '../core/row-field.ts'

export const DatabaseCluster = builder.prismaObject('DatabaseCluster', {
  description: 'A managed database cluster at DigitalOcean.',
  authScopes: { can: 'servers:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    providerId: t.exposeString('providerId', { description: "DigitalOcean's own id, a UUID." }),
    name: t.exposeString('name'),
    engine: t.exposeString('engine', { description: 'pg, mysql, valkey, …' }),
    version: t.exposeString('version'),
    region: t.exposeString('region'),
    size: t.exposeString('size', { description: 'The size of each node.' }),
    nodes: t.exposeInt('nodes', { description: 'How many nodes it has.' }),
    status: t.exposeString('status'),
    monthlyCost: t.expose('monthlyCost', {
      type: 'Decimal',
      nullable: true,
      description: 'US dollars a month; null where the provider names no price.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    syncedAt: t.expose('syncedAt', { type: 'DateTime', description: 'When DigitalOcean last told of it.' }),
  }),
})

export const DatabaseClusters = defineList({
  model: 'DatabaseCluster',
  filter: {
    providerId: 'String',
    name: 'String',
    engine: 'String',
    version: 'String',
    region: 'String',
    size: 'String',
    nodes: 'Int',
    status: 'String',
    monthlyCost: 'Decimal',
    createdAt: 'DateTime',
    syncedAt: 'DateTime',
  },
  search: ['name', 'engine', 'region'],
  order: ['id', 'name', 'engine', 'region', 'nodes', 'status', 'monthlyCost', 'createdAt', 'syncedAt'],
  defaultOrder: 'name',
})

builder.objectField(connectionType(DatabaseClusters), 'totalMonthlyEstimate', (t) =>
  t.field({
    type: 'Decimal',
    description: 'What the clusters on all pages cost together, as far as prices are known: US dollars a month.',
    complexity: 5,
    resolve: async ({ query }, _args, ctx) => {
      const sum = await ctx.db.databaseCluster.aggregate({ where: query.counted, _sum: { monthlyCost: true } })
      return sum._sum.monthlyCost ?? '0.00'
    },
  }),
)

builder.queryFields((t) => ({
  databaseClusters: listField(t, DatabaseClusters, {
    description: 'Managed database clusters, by name.',
    rest: {
      dialect: 'dashboard',
      route: 'GET /api/v1/databases',
      view: 'id: providerId name engine version region size nodes status monthlyCost createdAt',
      list: { params: {}, totals: 'totalMonthlyEstimate' },
    },
    authScopes: { can: 'servers:read' },
  }),
  databaseCluster: rowField(t, DatabaseCluster, 'database cluster', {
    description: 'One database cluster. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'servers:read' },
  }),
}))
