import { builder } from '../core/builder.ts'
import { connectionType, listField } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { rowField } from '../core/row-field.ts'

export const HostingerVps = builder.prismaObject('HostingerVps', {
  description: 'A Hostinger virtual machine.',
  authScopes: { can: 'servers:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    providerId: t.exposeID('providerId', { description: "Hostinger's own number." }),
    hostname: t.exposeString('hostname'),
    state: t.exposeString('state', { description: 'running, stopped, …' }),
    publicIp: t.exposeString('publicIp', { nullable: true, description: 'IPv4.' }),
    plan: t.exposeString('plan', { description: '"KVM 4".' }),
    monthlyCost: t.expose('monthlyCost', {
      type: 'Decimal',
      nullable: true,
      description: 'US dollars a month; null where the provider names no price.',
    }),
    cpus: t.exposeInt('cpus'),
    memoryGb: t.exposeFloat('memoryGb', { description: 'Gibibytes.' }),
    diskGb: t.exposeInt('diskGb', { description: 'Gigabytes.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    syncedAt: t.expose('syncedAt', { type: 'DateTime', description: 'When Hostinger last told of it.' }),
  }),
})

export const HostingerVpses = defineList({
  model: 'HostingerVps',
  filter: {
    providerId: 'String',
    hostname: 'String',
    state: 'String',
    publicIp: 'String',
    plan: 'String',
    monthlyCost: 'Decimal',
    cpus: 'Int',
    memoryGb: 'Float',
    diskGb: 'Int',
    createdAt: 'DateTime',
    syncedAt: 'DateTime',
  },
  search: ['hostname', 'publicIp', 'plan'],
  order: ['id', 'hostname', 'state', 'plan', 'monthlyCost', 'cpus', 'memoryGb', 'diskGb', 'createdAt', 'syncedAt'],
  defaultOrder: 'hostname',
})

builder.objectField(connectionType(HostingerVpses), 'totalMonthlyEstimate', (t) =>
  t.field({
    type: 'Decimal',
    description: 'What the machines on all pages cost together, as far as prices are known: US dollars a month.',
    complexity: 5,
    resolve: async ({ query }, _args, ctx) => {
      const sum = await ctx.db.hostingerVps.aggregate({ where: query.counted, _sum: { monthlyCost: true } })
      return sum._sum.monthlyCost ?? '0.00'
    },
  }),
)

builder.queryFields((t) => ({
  hostingerVpses: listField(t, HostingerVpses, {
    description: 'Hostinger virtual machines, by host name.',
    rest: false,
    authScopes: { can: 'servers:read' },
  }),
  hostingerVps: rowField(t, HostingerVps, 'virtual machine', {
    description: 'One Hostinger virtual machine. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'servers:read' },
  }),
}))
