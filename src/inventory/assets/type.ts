import { batched } from '../../core/batched.ts'
import { builder } from '../../core/builder.ts'
import { found } from '../../core/found.ts'
import { relatedList } from '../../core/list/connection.ts'
import { defineList } from '../../core/list/declare.ts'
import { Monitors } from '../../monitoring/monitors/list.ts'
import { PasswordEntries } from '../../vault/type.ts'
import { Tag } from '../tags.ts'

/** A request sees one organization: its name is read once, however many rows show it. */
const organizationName = batched(async (ctx, [id]) => {
  const { name } = await found('organization', ctx.db.organization.findUnique({ where: { id: id! } }))
  return new Map([[id!, name]])
})

export const Asset = builder.prismaObject('Asset', {
  description: 'A thing the organization owns or looks after.',
  authScopes: { can: 'assets:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    assetType: t.exposeString('assetType', { description: 'switch, server, laptop, …' }),
    serialNumber: t.exposeString('serialNumber', { nullable: true }),
    model: t.exposeString('model', { nullable: true }),
    manufacturer: t.exposeString('manufacturer', { nullable: true }),
    hostname: t.exposeString('hostname', { nullable: true }),
    ipAddress: t.exposeString('ipAddress', { nullable: true, description: 'IPv4 or IPv6.' }),
    macAddress: t.exposeString('macAddress', { nullable: true }),
    location: t.exposeString('location', { nullable: true }),
    notes: t.exposeString('notes', { nullable: true }),
    tags: t.field({
      type: [Tag],
      description: 'By name.',
      complexity: 3,
      read: { through: ['tags', 'tag'], orderBy: [{ name: 'asc' }, { id: 'asc' }] },
      select: (_args, _ctx, nested) => ({
        tags: { select: { tag: nested(true) }, orderBy: [{ tag: { name: 'asc' } }, { tagId: 'asc' }] },
      }),
      resolve: ({ tags }) => tags.map(({ tag }) => tag),
    }),
    monitors: relatedList(t, Monitors, 'monitors', {
      description: 'What watches it.',
      authScopes: { can: 'monitors:read' },
    }),
    customFields: t.expose('customFields', { type: 'JSON', description: 'A JSON object of your own making.' }),
    isActive: t.exposeBoolean('isActive'),
    organizationId: t.exposeID('organizationId'),
    organizationName: t.string({
      read: { context: ({ organizationName }) => organizationName },
      resolve: async ({ organizationId }, _args, ctx) =>
        ctx.organizationName ?? (await organizationName(ctx, organizationId))!,
    }),
    passwordEntries: relatedList(t, PasswordEntries, 'passwordEntries', {
      description: 'What opens it, newest first.',
    }),
    createdById: t.exposeID('createdById', { nullable: true }),
    createdBy: t.relation('createdBy', { nullable: true, description: 'Who recorded it.' }),
    createdByName: t.string({
      nullable: true,
      read: { path: ['createdBy', 'displayName'] },
      select: { createdBy: { select: { displayName: true } } },
      resolve: ({ createdBy }) => createdBy?.displayName ?? null,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const Assets = defineList({
  model: 'Asset',
  filter: {
    name: 'String',
    assetType: 'String',
    serialNumber: 'String',
    model: 'String',
    manufacturer: 'String',
    hostname: 'String',
    ipAddress: 'String',
    macAddress: 'String',
    location: 'String',
    isActive: 'Boolean',
    tag: { type: 'String', path: ['tags', 'some', 'tag', 'slug'] },
    tagId: { type: 'ID', path: ['tags', 'some', 'tagId'] },
    createdById: 'ID',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['searchText'],
  order: [
    'id',
    'name',
    'assetType',
    'serialNumber',
    'model',
    'manufacturer',
    'hostname',
    'ipAddress',
    'macAddress',
    'location',
    'notes',
    'isActive',
    'organizationId',
    'createdById',
    'createdAt',
    'updatedAt',
  ],
  defaultOrder: '-createdAt',
})
