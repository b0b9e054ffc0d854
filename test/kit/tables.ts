import { expect } from 'vitest'
import type { Caller, TestGraph } from './graph.ts'

const COLUMNS = 'columns { name type nullable unique default generated check { min max oneOf notEmpty } checks }'
const FIELDS = `id name groupId group { name } managed kind databaseName rowEstimate bytes ${COLUMNS} indexes { name columns unique primary }`
const CREATE = `mutation ($input: CreateTableInput!) { createTable(input: $input) { ${FIELDS} } }`
const UPDATE = `mutation ($id: ID!, $input: UpdateTableInput!) { updateTable(id: $id, input: $input) { ${FIELDS} } }`
const DELETE = `mutation ($id: ID!, $input: DeleteTableInput) { deleteTable(id: $id, input: $input) { ${FIELDS} } }`
const SHOW = `query ($id: ID!) { table(id: $id) { ${FIELDS} } }`
const LIST = `{ tables(first: 200) { totalCount nodes { ${FIELDS} } } }`
const INSERT = `mutation ($id: ID!, $input: InsertTableRowsInput!) { insertTableRows(id: $id, input: $input) { count rows { id values } } }`
const CHANGE = `mutation ($id: ID!, $input: UpdateTableRowInput!) { updateTableRow(id: $id, input: $input) { id values } }`
const REMOVE = `mutation ($id: ID!, $input: DeleteTableRowInput!) { deleteTableRow(id: $id, input: $input) { id values } }`
const ROW = `query ($id: ID!, $rowId: BigInt!) { tableRow(id: $id, rowId: $rowId) { id values } }`
const ROWS = `query ($id: ID!, $first: Int, $after: String, $filter: [TableRowFilter!], $orderBy: [TableRowOrder!]) {
  tableRows(id: $id, first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    totalCount nodes { id values } edges { cursor node { id } } pageInfo { hasNextPage endCursor }
  }
}`

const DOCUMENTS = {
  ...{ create: CREATE, update: UPDATE, delete: DELETE, show: SHOW, list: LIST },
  ...{ insert: INSERT, change: CHANGE, remove: REMOVE, row: ROW, rows: ROWS },
}
type Doing = keyof typeof DOCUMENTS

/** The graph, as somebody who works with tables. */
export class TableDesk {
  private readonly graph: TestGraph
  constructor(graph: TestGraph) {
    this.graph = graph
  }

  /** A project with a group that tables go into unless told otherwise. */
  async open(organization: 'a' | 'b' = 'a'): Promise<void> {
    const session = this.graph.as({ organization })
    await session.run('mutation { createProject(input: { name: "Tables" }) { id } }')
    await session.run('mutation { createGroup(input: { name: "Tables" }) { id } }')
  }

  async done(doing: Doing, variables: object = {}, as?: Caller): Promise<Record<string, any>> {
    const { data, errors } = await this.graph.as(as).run(DOCUMENTS[doing], { ...variables })
    expect(errors).toBeUndefined()
    return Object.values(data)[0] as Record<string, any>
  }

  async refusal(doing: Doing, variables: object = {}, as?: Caller): Promise<Record<string, any>> {
    const { errors } = await this.graph.as(as).run(DOCUMENTS[doing], { ...variables })
    expect(errors, `${doing} is refused`).toHaveLength(1)
    return { message: errors![0]!.message, ...errors![0]!.extensions }
  }

  create(name: string, columns: readonly object[], as?: Caller) {
    return this.done('create', { input: { name, columns } }, as)
  }

  /** Ids of rows that were inserted. */
  async insert(id: string, rows: readonly object[], as?: Caller): Promise<string[]> {
    const { rows: inserted } = await this.done('insert', { id, input: { rows } }, as)
    return inserted.map((row: { id: string }) => row.id)
  }

  /** Does what has to be confirmed. */
  async confirmed(doing: 'delete' | 'update', id: string, input: object = {}): Promise<Record<string, any>> {
    const { confirmation } = await this.refusal(doing, { id, input })
    return this.done(doing, { id, input: { ...input, confirm: confirmation.token } })
  }
}
