import { queryFromInfo } from '@pothos/plugin-prisma'
import { builder } from '../../core/builder.ts'
import { listField } from '../../core/list/connection.ts'
import { rowField } from '../../core/row-field.ts'
import { discoveredTables } from './catalogue/discover.ts'
import { CreateTableInput, DeleteTableInput, UpdateTableInput } from './inputs.ts'
import { Tables } from './list.ts'
import { ManagedTable } from './type.ts'
import { createTable, deleteTable, updateTable } from './verbs.ts'
import './rows/schema.ts'

const CHECK = 'min max minLength maxLength oneOf notEmpty'
const COLUMN = `name type nullable unique default generated check { ${CHECK} } checks`
const VIEW = `id groupId name databaseName managed kind columns { ${COLUMN} } indexes { name columns unique primary } rowEstimate bytes createdAt updatedAt`
const at = { dialect: 'baserdb', view: VIEW } as const

builder.queryFields((t) => ({
  tables: listField(t, Tables, {
    description:
      'The tables of the organization by name: those that were made here, and whatever else lies in its schema, foreign tables and views among them.',
    rest: {
      ...at,
      route: 'GET /api/v1/tables',
      list: { params: { group_id: 'groupId.eq', name: 'name.eq', managed: 'managed.eq' } },
    },
    authScopes: { can: 'tables:read' },
    rows: discoveredTables,
  }),
  table: rowField(t, ManagedTable, 'table', {
    description: 'One table. NOT_FOUND where there is none.',
    rest: { ...at, route: 'GET /api/v1/tables/:id' },
    authScopes: { can: 'tables:read' },
  }),
}))

builder.mutationFields((t) => ({
  createTable: t.field({
    type: ManagedTable,
    description:
      'Makes a table in the database, with a whole number `id` beside its columns. CONFLICT where its name is taken in the group.',
    rest: { ...at, route: 'POST /api/v1/tables', status: 201, body: 'input' },
    authScopes: { can: 'tables:manage' },
    args: { input: t.arg({ type: CreateTableInput, required: true }) },
    resolve: (_root, { input }, ctx) => createTable(ctx, input),
  }),
  updateTable: t.field({
    type: ManagedTable,
    description:
      'Renames or moves a table, or changes its columns, all at once or not at all. CONFLICT with a `confirmation` where columns would be dropped: it says how many rows and bytes the table has, and holds the token for `confirm`.',
    rest: { ...at, route: 'PATCH /api/v1/tables/:id', body: 'input' },
    authScopes: { can: 'tables:manage' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateTableInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateTable(ctx, id, input),
  }),
  deleteTable: t.field({
    type: ManagedTable,
    description:
      'Drops a table with all its rows, and returns it as it was. CONFLICT with a `confirmation` at first: it says how many rows and bytes would be lost, and holds the token for `confirm`.',
    rest: { ...at, route: 'DELETE /api/v1/tables/:id', body: 'input' },
    authScopes: { can: 'tables:manage' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: DeleteTableInput }) },
    resolve: (_root, { id, input }, context, info) =>
      deleteTable(context, id, input ?? {}, queryFromInfo({ context, info })),
  }),
}))
