import { builder } from '../../../core/builder.ts'
import { enumOf } from '../../../core/enums.ts'
import { PageInfo } from '../../../core/list/connection.ts'
import { encodeCursor } from '../../../core/list/cursor.ts'
import { OrderDirection } from '../../../core/list/inputs.ts'
import { OPERATORS } from './filter.ts'
import type { TableRow as Row, RowPage } from './read.ts'

const READ = { can: 'tables:read' } as const

export const TableRow = builder.objectRef<Row>('TableRow').implement({
  description: 'A row of a table.',
  authScopes: READ,
  fields: (t) => ({
    id: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'Null where nothing names the rows of the table.',
      resolve: ({ id }) => (id === null ? null : BigInt(id)),
    }),
    values: t.expose('values', {
      type: 'JSON',
      description:
        'By column. Decimals and numbers of the type bigint are texts, which keep every digit; days, times and uuids are texts as well.',
    }),
  }),
})

const TableRowEdge = builder.objectRef<{ page: RowPage; nth: number }>('TableRowEdge').implement({
  description: 'A row and where it stands in the list.',
  fields: (t) => ({
    cursor: t.string({ resolve: ({ page, nth }) => encodeCursor(page.query.order, page.rows[nth]!) }),
    node: t.field({ type: TableRow, complexity: 0, resolve: ({ page, nth }) => page.nodes[nth]! }),
  }),
})

export const TableRowConnection = builder.objectRef<RowPage>('TableRowConnection').implement({
  description: 'One page of the rows of a table.',
  authScopes: READ,
  fields: (t) => ({
    nodes: t.field({ type: [TableRow], complexity: { multiplier: 1 }, resolve: ({ nodes }) => nodes }),
    edges: t.field({
      type: [TableRowEdge],
      complexity: { multiplier: 1 },
      resolve: (page) => page.nodes.map((_row, nth) => ({ page, nth })),
    }),
    pageInfo: t.field({ type: PageInfo, complexity: 0, resolve: (page) => page }),
    totalCount: t.int({
      description: 'How many there are in all pages together; counted up to a million.',
      complexity: 0,
      resolve: ({ total }) => total ?? 0,
    }),
  }),
})

export const TableRowsInserted = builder.objectRef<Row[]>('TableRowsInserted').implement({
  description: 'Rows that were inserted, in the order given.',
  authScopes: READ,
  fields: (t) => ({
    count: t.int({ resolve: (rows) => rows.length }),
    rows: t.field({ type: [TableRow], resolve: (rows) => rows }),
  }),
})

const TableRowOperator = enumOf(
  'TableRowOperator',
  OPERATORS,
  'IN and NOT_IN take a list. CONTAINS and STARTS_WITH look for text, in any case. IS_NULL takes true or false.',
)

export const TableRowFilter = builder.inputType('TableRowFilter', {
  description: 'A condition on a column.',
  fields: (t) => ({
    column: t.string({ required: true }),
    op: t.field({ type: TableRowOperator, defaultValue: 'eq' }),
    value: t.field({ type: 'Value', description: 'Of the column’s type.' }),
  }),
})

export const TableRowOrder = builder.inputType('TableRowOrder', {
  description: 'An order of the rows of a table.',
  fields: (t) => ({
    column: t.string({ required: true }),
    direction: t.field({ type: OrderDirection, defaultValue: 'asc' }),
  }),
})
