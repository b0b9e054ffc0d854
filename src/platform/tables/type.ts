import { builder } from '../../core/builder.ts'
import { enumOf } from '../../core/enums.ts'
import { detailsOf } from './catalogue/details.ts'
import { KINDS } from './catalogue/relation.ts'
import { TableColumn, TableIndex } from './column-type.ts'

const TableKind = enumOf(
  'TableKind',
  KINDS,
  'TABLE: rows in this database. FOREIGN_TABLE: rows in another one. VIEW: made of other tables. MISSING: the database holds it no more.',
)

export const ManagedTable = builder.prismaObject('ManagedTable', {
  description:
    'A table in the organization’s own schema of the database. Those that were made elsewhere are found there, and can be read.',
  authScopes: { can: 'tables:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    groupId: t.exposeID('groupId', {
      nullable: true,
      description: 'Null for what was found, until it is put into one.',
    }),
    group: t.relation('group', { nullable: true }),
    name: t.exposeString('name', { description: 'What people call it, unique in its group.' }),
    databaseName: t.exposeString('physicalName', {
      description: 'What the database calls it, in the organization’s schema.',
    }),
    managed: t.exposeBoolean('managed', { description: 'Made here. What was not can only be read here.' }),
    kind: t.field({ type: TableKind, resolve: async ({ id }, _args, ctx) => (await detailsOf(ctx, id)).kind }),
    columns: t.field({
      type: [TableColumn],
      complexity: { field: 1, multiplier: 1 },
      description:
        'As the database holds them. `id`, a whole number, names the rows of every table that was made here.',
      resolve: async ({ id }, _args, ctx) => (await detailsOf(ctx, id)).columns,
    }),
    indexes: t.field({
      type: [TableIndex],
      complexity: { field: 1, multiplier: 1 },
      resolve: async ({ id }, _args, ctx) => (await detailsOf(ctx, id)).indexes,
    }),
    rowEstimate: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'Rows, as the statistics of the database know them; null where there are none.',
      resolve: async ({ id }, _args, ctx) => (await detailsOf(ctx, id)).rowEstimate,
    }),
    bytes: t.field({
      type: 'BigInt',
      description: 'Its rows and its indexes on disk.',
      resolve: async ({ id }, _args, ctx) => (await detailsOf(ctx, id)).bytes,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})
