import type { EnumRef } from '@pothos/core'
import * as enums from '../../db/generated/enums.ts'
import { getDatamodel } from '../../db/generated/pothos.ts'
import { invalid } from '../errors.ts'

type Column = { name: string; type: string; isRequired: boolean; kind: string }
const models = (getDatamodel() as unknown as { datamodel: { models: Record<string, { fields: Column[] }> } }).datamodel
  .models

type Condition = Record<string, unknown>

/** What a filter compares: a column of the model, or one at the end of a path of relations. */
export type FilterSpec = {
  type: FilterType
  path: readonly string[]
  /** A Boolean that the time decides, in conditions that columns can meet: when it is true, and when false. */
  when?: (now: Date) => { true: Condition; false: Condition }
}
export type FilterType = 'String' | 'ID' | 'Int' | 'Float' | 'Boolean' | 'Decimal' | 'DateTime' | 'Date' | EnumFilter
// biome-ignore lint/suspicious/noExplicitAny: an enum of any type system
export type EnumFilter = EnumRef<any, any, any>

export type ListDeclaration = {
  /** The Prisma model. */
  model: string
  /** The GraphQL type; the model's name unless told otherwise. */
  type?: string
  /** Filterable fields. A plain type filters the column of that name. */
  filter: Record<string, FilterType | FilterSpec>
  /** Columns in which every word of a search must be found, in any of them. */
  search?: readonly string[]
  /** Columns a caller may order by. */
  order: readonly string[]
  /** `-createdAt`: newest first. */
  defaultOrder: `-${string}` | string
}

export type OrderColumn = {
  column: string
  descending: boolean
  nullable: boolean
  type: string
  /** An enum's values in the database's order; the client library cannot compare them itself. */
  values?: readonly string[]
}
export type OrderInput = { field: string; direction?: 'asc' | 'desc' | null }
export type ListArgs = {
  first?: number | null
  after?: string | null
  offset?: number | null
  search?: string | null
  filter?: Record<string, unknown> | null
  orderBy?: OrderInput[] | null
}

/** A resource's list, declared once for every door: what can be filtered, searched and ordered, and its default order. */
export class List {
  readonly model: string
  readonly type: string
  readonly delegate: string
  readonly filters: Record<string, FilterSpec>
  readonly search: readonly string[]
  readonly order: readonly string[]
  private readonly columns: Map<string, Column>
  private readonly defaultOrder: OrderColumn[]

  constructor({ model, type = model, filter, search = [], order, defaultOrder }: ListDeclaration) {
    this.model = model
    this.type = type
    this.delegate = model[0]!.toLowerCase() + model.slice(1)
    this.columns = new Map(models[model]!.fields.map((column) => [column.name, column]))
    this.filters = Object.fromEntries(
      Object.entries(filter).map(([name, spec]) => [name, isSpec(spec) ? spec : { type: spec, path: [name] }]),
    )
    this.search = search
    this.order = order
    this.defaultOrder = this.ordering([
      { field: defaultOrder.replace('-', ''), direction: defaultOrder.startsWith('-') ? 'desc' : 'asc' },
    ])
  }

  column(name: string): Column {
    const column = this.columns.get(name)
    if (!column) throw new Error(`${this.model} has no column ${name}.`)
    return column
  }

  /** The order asked for, made total by the id, so that pages never overlap. */
  ordering(asked: OrderInput[] | null | undefined): OrderColumn[] {
    if (!asked?.length) return this.defaultOrder
    const chosen = asked.map(({ field, direction }) => this.orderColumn(field, direction === 'desc'))
    const repeated = chosen.find(({ column }, i) => chosen.findIndex((other) => other.column === column) !== i)
    if (repeated) throw invalid('orderBy', `names ${repeated.column} twice; name each field once.`)
    return chosen.some(({ column }) => column === 'id')
      ? chosen
      : [...chosen, this.orderColumn('id', chosen[0]!.descending)]
  }

  describeDefaultOrder(): string {
    return this.defaultOrder
      .map(({ column, descending }) => `${column} ${descending ? 'descending' : 'ascending'}`)
      .join(', ')
  }

  private orderColumn(name: string, descending: boolean): OrderColumn {
    const { type, isRequired, kind } = this.column(name)
    const values = kind === 'enum' && Object.values(enums[type as keyof typeof enums])
    return { column: name, descending, nullable: !isRequired, ...(values ? { type: 'String', values } : { type }) }
  }
}

const isSpec = (spec: FilterType | FilterSpec): spec is FilterSpec => typeof spec === 'object' && 'path' in spec

export const defineList = (declaration: ListDeclaration): List => new List(declaration)
