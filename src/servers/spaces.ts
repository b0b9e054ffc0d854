import { builder } from '../core/builder.ts'
import { listField } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { rowField } from '../core/row-field.ts'

export const Space = builder.prismaObject('Space', {
  description: 'An object storage bucket at DigitalOcean.',
  authScopes: { can: 'servers:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    region: t.exposeString('region'),
    endpoint: t.exposeString('endpoint', { description: 'Its address.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    syncedAt: t.expose('syncedAt', { type: 'DateTime', description: 'When DigitalOcean last told of it.' }),
  }),
})

export const Spaces = defineList({
  model: 'Space',
  filter: { name: 'String', region: 'String', endpoint: 'String', createdAt: 'DateTime', syncedAt: 'DateTime' },
  search: ['name', 'region'],
  order: ['id', 'name', 'region', 'createdAt', 'syncedAt'],
  defaultOrder: 'name',
})

builder.queryFields((t) => ({
  spaces: listField(t, Spaces, {
    description: 'Object storage buckets, by name.',
    rest: {
      dialect: 'dashboard',
      route: 'GET /api/v1/spaces',
      view: 'name region endpoint createdAt',
      list: { params: {} },
    },
    authScopes: { can: 'servers:read' },
  }),
  space: rowField(t, Space, 'space', {
    description: 'One space. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'servers:read' },
  }),
}))
