import { selectedFieldNames } from '@pothos/selection-mapper'
import { builder, type InputFields } from '../../../core/builder.ts'
import { pageCost } from '../../../core/list/connection.ts'
import { DEFAULT_PAGE } from '../../../core/list/query.ts'
import { MAX_ROWS } from '../limits.ts'
import { tableRow, tableRows } from './read.ts'
import { TableRow, TableRowConnection, TableRowFilter, TableRowOrder, TableRowsInserted } from './type.ts'
import { deleteTableRow, insertTableRows, updateTableRow } from './verbs.ts'

const VIEW = 'id values'
const at = { dialect: 'baserdb', view: VIEW } as const
const BOUNDS =
  'CONFLICT where somebody else is busy with the table; UNPROCESSABLE where it takes longer than five seconds.'

builder.queryFields((t) => ({
  tableRows: t.field({
    type: TableRowConnection,
    description: `The rows of a table, by \`id\` unless ordered otherwise. NOT_FOUND where there is no such table. ${BOUNDS}`,
    rest: { ...at, route: 'GET /api/v1/tables/:id/rows', list: { params: {}, open: true } },
    authScopes: { can: 'tables:read' },
    complexity: pageCost(DEFAULT_PAGE),
    args: {
      id: t.arg.id({ required: true, description: 'Of the table.' }),
      first: t.arg.int({ description: `Rows on a page: 0 to 200, ${DEFAULT_PAGE} unless given.` }),
      after: t.arg.string({ description: 'The `endCursor` of the page before.' }),
      filter: t.arg({ type: [TableRowFilter], description: 'All of them must hold, 20 at most.' }),
      orderBy: t.arg({
        type: [TableRowOrder],
        description: 'Unless given: id ascending. Rows without a value come last.',
      }),
    },
    resolve: (_root, { id, ...args }, ctx, info) =>
      tableRows(ctx, id as number, args, selectedFieldNames(ctx, info).has('totalCount')),
  }),
  tableRow: t.field({
    type: TableRow,
    nullable: true,
    description: `One row of a table. NOT_FOUND where there is none. ${BOUNDS}`,
    rest: { ...at, route: 'GET /api/v1/tables/:id/rows/:row_id' },
    authScopes: { can: 'tables:read' },
    args: {
      id: t.arg.id({ required: true, description: 'Of the table.' }),
      rowId: t.arg({ type: 'BigInt', required: true }),
    },
    resolve: (_root, { id, rowId }, ctx) => tableRow(ctx, id as number, rowId),
  }),
}))

const InsertTableRowsInput = builder.inputType('InsertTableRowsInput', {
  description: 'One row, or several: what a column is not given gets its default, which null does not.',
  fields: (t) => ({
    values: t.field({ type: 'JSON', description: 'The values of one row, by column.' }),
    rows: t.field({ type: ['JSON'], description: `The values of up to ${MAX_ROWS} rows: all are inserted, or none.` }),
  }),
})
const rowId = (t: InputFields) => t.field({ type: 'BigInt', required: true, description: 'Of the row.' })

const DeleteTableRowInput = builder.inputType('DeleteTableRowInput', { fields: (t) => ({ rowId: rowId(t) }) })
const UpdateTableRowInput = builder.inputType('UpdateTableRowInput', {
  fields: (t) => ({
    rowId: rowId(t),
    values: t.field({
      type: 'JSON',
      required: true,
      description: 'By column. What is left out stays; null clears a value.',
    }),
  }),
})

const WRITES = `INVALID_REQUEST names the columns whose values do not fit, CONFLICT one whose value is taken. ${BOUNDS}`

builder.mutationFields((t) => ({
  insertTableRows: t.field({
    type: TableRowsInserted,
    description: `Inserts rows into a table. ${WRITES}`,
    rest: {
      ...{ dialect: 'baserdb', route: 'POST /api/v1/tables/:id/rows', status: 201, body: 'input' },
      view: `count rows { ${VIEW} }`,
    },
    authScopes: { can: 'tables:write' },
    args: {
      id: t.arg.id({ required: true, description: 'Of the table.' }),
      input: t.arg({ type: InsertTableRowsInput, required: true }),
    },
    resolve: (_root, { id, input }, ctx) => insertTableRows(ctx, id as number, input),
  }),
  updateTableRow: t.field({
    type: TableRow,
    description: `Changes a row of a table. NOT_FOUND where there is none. ${WRITES}`,
    rest: { ...at, route: 'PATCH /api/v1/tables/:id/rows/:row_id', body: 'input' },
    authScopes: { can: 'tables:write' },
    args: {
      id: t.arg.id({ required: true, description: 'Of the table.' }),
      input: t.arg({ type: UpdateTableRowInput, required: true }),
    },
    resolve: (_root, { id, input }, ctx) => updateTableRow(ctx, id as number, input),
  }),
  deleteTableRow: t.field({
    type: TableRow,
    description: `Deletes a row of a table and returns it as it was. NOT_FOUND where there is none. ${BOUNDS}`,
    rest: { ...at, route: 'DELETE /api/v1/tables/:id/rows/:row_id', body: 'input' },
    authScopes: { can: 'tables:write' },
    args: {
      id: t.arg.id({ required: true, description: 'Of the table.' }),
      input: t.arg({ type: DeleteTableRowInput, required: true }),
    },
    resolve: (_root, { id, input }, ctx) => deleteTableRow(ctx, id as number, input.rowId),
  }),
}))
