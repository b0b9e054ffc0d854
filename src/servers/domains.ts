import { builder } from '../core/builder.ts'
import { listField } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { rowField } from '../core/row-field.ts'

export const Domain = builder.prismaObject('Domain', {
  description: 'An owned domain name.',
  authScopes: { can: 'servers:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    domain: t.exposeString('domain', { description: '"example.com".' }),
    registrar: t.exposeString('registrar'),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true }),
    autoRenew: t.exposeBoolean('autoRenew'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    syncedAt: t.expose('syncedAt', { type: 'DateTime', description: 'When the registrar last told of it.' }),
  }),
})

export const Domains = defineList({
  model: 'Domain',
  filter: {
    domain: 'String',
    registrar: 'String',
    expiresAt: 'DateTime',
    autoRenew: 'Boolean',
    createdAt: 'DateTime',
    syncedAt: 'DateTime',
  },
  search: ['domain', 'registrar'],
  order: ['id', 'domain', 'registrar', 'expiresAt', 'createdAt', 'syncedAt'],
  defaultOrder: 'domain',
})

builder.queryFields((t) => ({
  domains: listField(t, Domains, {
    description: 'Owned domain names, by name.',
    rest: false,
    authScopes: { can: 'servers:read' },
  }),
  domain: rowField(t, Domain, 'domain', {
    description: 'One domain. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'servers:read' },
  }),
}))
