import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type VariableNode,
  visit,
} from 'graphql'
import type { Tables } from '../db/tables.ts'
import type { Compiler, Field, Nodes } from './compiler.ts'
import { asParts, type Root, relatedConnection, rootConnection } from './connection.ts'
import type { Form } from './form.ts'
import { Permits } from './permits.ts'
import { columnsOf, extensionsOf, objectOf, objectType, tableOf } from './row.ts'
import { selected } from './selection.ts'
import { nameOf, Statement, Uncompilable, type Value } from './statement.ts'

/** An operation as one statement. */
export type Plan = {
  text: string
  /** Under which it is prepared, once it has been asked for again: whoever asks a thousand questions once leaves nothing behind. */
  name: string
  askedBefore: boolean
  /** Planned once, not for each set of parameters. */
  planned: boolean
  /** Answered sooner than sent. */
  brief: boolean
  values: readonly Value[]
  permits: Permits
  /** What the whole of `data` is put together from: what stands before each column in the answer. */
  heads: readonly string[]
}

export type Operation = {
  schema: GraphQLSchema
  tables: Tables
  node: OperationDefinitionNode
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
  form: Form
  /** Variables whose values are only ever sent, and never decide what the statement says. */
  sent: ReadonlySet<string>
}

/** An operation with the values of the variables that decide on its statement, and the largest page that its door hands out. */
export type Asked = { operation: Operation; variables: Record<string, unknown>; maxPage: number }
export type Compile = (asked: Asked) => Plan

type Writing = { compiler: Compiler; root: GraphQLObjectType; sent: ReadonlySet<string> }

function writing({ operation, variables, maxPage }: Asked, statement = new Statement()): Writing {
  const { schema, tables, node, fragments, form, sent } = operation
  const compiler: Compiler = {
    ...{ schema, tables, fragments, form, variables, maxPage },
    ...{ statement, permits: new Permits() },
    related: (...place) => relatedConnection(compiler)(...place),
  }
  return { compiler, root: schema.getRootType(node.operation)!, sent }
}

/** The id that a root field's row is asked by: sent with each request, or part of the document. */
function idOf({ compiler, sent }: Writing, { field, nodes: [node] }: Root): string {
  const value = node!.arguments?.find(({ name }) => name.value === 'id')?.value
  if (value?.kind === Kind.VARIABLE && sent.has(value.name.value)) {
    const name = value.name.value
    return compiler.statement.given(({ variables }) => variables[name])
  }
  return compiler.statement.constant(getArgumentValues(field, node!, compiler.variables).id)
}

/** The columns that are asked for of a root field's row. */
function rowColumns(compiler: Compiler, { field, nodes }: Root) {
  const type = objectType(field)
  const table = tableOf(compiler, type)
  const alias = compiler.statement.alias()
  return { table, alias, columns: columnsOf(compiler, { type, table, alias }, selected(compiler, type, nodes)) }
}

function rowSql(writing: Writing, root: Root): string {
  const { compiler } = writing
  const { table, alias, columns } = rowColumns(compiler, root)
  const own = `${alias}.organization_id = ${compiler.statement.scope()}`
  const id = `${alias}.id = ${idOf(writing, root)}`
  return objectOf(`SELECT ${columns} FROM ${table.name} ${alias} WHERE ${own} AND ${id}`)
}

/** A root field that may be compiled, once its caller is allowed what it asks for. */
function rootOf({ compiler, root }: Writing, nodes: Nodes): Root & ReturnType<typeof extensionsOf> {
  const name = nodes[0]!.name.value
  const field = root.getFields()[name]
  if (!field) throw new Uncompilable(name)
  const extensions = extensionsOf(field)
  compiler.permits.require(extensions.authScopes)
  return { ...extensions, field, nodes }
}

function rootSql(writing: Writing, nodes: Nodes): string {
  const { list, where, rows, row, ...root } = rootOf(writing, nodes)
  if (list && !where && !rows) return rootConnection(writing.compiler, root, list)
  if (row) return rowSql(writing, root)
  throw new Uncompilable(root.field.name)
}

function planOf({ compiler: { statement, permits } }: Writing, select: string, heads: readonly string[]): Plan {
  const { condition, planned, brief, values } = statement
  const text = condition ? `${select} WHERE ${condition}` : select
  return { text, heads, permits, name: nameOf(text), askedBefore: false, planned, brief, values }
}

const rootFieldsOf = ({ compiler, root }: Writing, { operation }: Asked) => {
  const fields = [...selected(compiler, root, [operation.node])]
  if (fields.length === 0) throw new Uncompilable('nothing is left of the selection')
  return fields
}

/** A query as a column of JSON text for each of its root fields. */
export const compileQuery: Compile = (asked) => {
  const now = writing(asked)
  const fields = rootFieldsOf(now, asked)
  const columns = fields.map(([, nodes], at) => `${rootSql(now, nodes)}::text AS r${at}`)
  const heads = fields.map(([key], at) => `${at === 0 ? '{' : ','}${JSON.stringify(key)}:`)
  return planOf(now, `SELECT ${columns.join(', ')}`, heads)
}

/** A query of one root field as the JSON text of its row, or of a page's rows and of what is told beside them. */
export const compileParts: Compile = (asked) => {
  const now = writing(asked)
  const [[, nodes]] = rootFieldsOf(now, asked) as [[string, Nodes]]
  const { list, where, rows, row, ...root } = rootOf(now, nodes)
  if (list && !where && !rows) return planOf(now, rootConnection(now.compiler, root, list, asParts), [])
  if (row) return planOf(now, `SELECT ${rowSql(now, root)}::text AS value`, [])
  throw new Uncompilable(root.field.name)
}

export type WrittenRow = Pick<Plan, 'text' | 'name' | 'values' | 'permits'> & { model: string }

/** What is written beside a row, by the statement that tells of it or by triggers. */
const BESIDE = new Set(['Event', 'AuditEvent', 'AuditSeal', 'AuditWaiting', 'MonitorSchedule', 'WebhookDelivery'])

/** What a statement reads of the tables that it writes to does not know of that. */
function besides(tables: Tables): Tables {
  let own: string | undefined
  return (model) => {
    if (model === own || BESIDE.has(model)) throw new Uncompilable(`other rows of ${model}`)
    own ??= model
    return tables(model)
  }
}

/** A query shows the row that its id names; a change the one that it makes, by fields that no variable decides on. */
function assertShows({ node, fragments }: Operation): void {
  const [root] = node.selectionSet.selections
  const isQuery = node.operation === OperationTypeNode.QUERY
  if (isQuery && (node.variableDefinitions?.length ?? 0) > 1) throw new Uncompilable('variables besides the id')
  if (node.selectionSet.selections.length !== 1 || root?.kind !== Kind.FIELD) throw new Uncompilable('several fields')
  if (isQuery) return
  if (root.directives?.length) throw new Uncompilable('a change under a condition')
  const shown = [root.selectionSet, ...fragments.values()].filter((each) => each !== undefined)
  for (const each of shown) visit(each, { Variable: refuseVariable })
}

const refuseVariable = ({ name }: VariableNode) => {
  throw new Uncompilable(`the variable ${name.value}`)
}

/** The row of an operation's one root field as an expression, for a statement that has just written it as `written`. */
export function compileWritten({ operation, ...asked }: Asked, before: number): WrittenRow {
  assertShows(operation)
  const statement = new Statement(before)
  const within = { ...asked, operation: { ...operation, tables: besides(operation.tables) } }
  const now = writing(within, statement)
  const [[, nodes]] = rootFieldsOf(now, within) as [[string, Nodes]]
  const { row, ...root } = rootOf(now, nodes)
  if (!row && operation.node.operation === OperationTypeNode.QUERY) throw new Uncompilable(root.field.name)
  const { table, alias, columns } = rowColumns(now.compiler, root)
  const text = objectOf(`SELECT ${columns} FROM written ${alias}`)
  return { text, name: nameOf(text), values: statement.values, permits: now.compiler.permits, model: table.model }
}

type Located = { node: FieldNode; field: Field | undefined }

const rootFields = (root: GraphQLObjectType, { selectionSet }: OperationDefinitionNode): Located[] =>
  selectionSet.selections.flatMap((node) =>
    node.kind === Kind.FIELD ? [{ node, field: root.getFields()[node.name.value] }] : [],
  )

/** Variables that are used nowhere but as the id of a root field's row. */
export function sentVariables(
  schema: GraphQLSchema,
  node: OperationDefinitionNode,
  uses: ReadonlyMap<string, number>,
): ReadonlySet<string> {
  const asId = new Map<string, number>()
  for (const {
    node: { arguments: given = [] },
    field,
  } of rootFields(schema.getQueryType()!, node)) {
    const id = given.find(({ name }) => name.value === 'id')?.value
    if (!field || !extensionsOf(field).row || id?.kind !== Kind.VARIABLE) continue
    asId.set(id.name.value, (asId.get(id.name.value) ?? 0) + 1)
  }
  return new Set([...asId].filter(([name, times]) => uses.get(name) === times).map(([name]) => name))
}
