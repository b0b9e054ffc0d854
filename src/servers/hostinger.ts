import { builder } from '../core/builder.ts'
import { Domain } from './domains.ts'
import { HostingerVps } from './vps.ts'

const MOST = 1000

const Hostinger = builder.objectRef<object>('Hostinger').implement({
  description: 'What the organization has at Hostinger.',
  fields: (t) => ({
    vps: t.prismaField({
      type: [HostingerVps],
      description: `Virtual machines by host name, at most ${MOST}.`,
      resolve: (query, _parent, _args, { db, organizationId }) =>
        db.hostingerVps.findMany({
          ...query,
          where: { organizationId },
          orderBy: [{ hostname: 'asc' }, { id: 'asc' }],
          take: MOST,
        }),
    }),
    domains: t.prismaField({
      type: [Domain],
      description: `Domains registered at Hostinger by name, at most ${MOST}.`,
      resolve: (query, _parent, _args, { db, organizationId }) =>
        db.domain.findMany({
          ...query,
          where: { organizationId, registrar: 'hostinger' },
          orderBy: { domain: 'asc' },
          take: MOST,
        }),
    }),
  }),
})

builder.queryFields((t) => ({
  hostinger: t.field({
    type: Hostinger,
    description: 'Virtual machines and domains at Hostinger.',
    rest: {
      dialect: 'dashboard',
      route: 'GET /api/v1/hostinger',
      view: `vps { id: providerId hostname state publicIp plan monthlyCost cpus memoryGb diskGb }
        domains { domain expiresAt autoRenew }`,
    },
    authScopes: { can: 'servers:read' },
    resolve: () => ({}),
  }),
}))
