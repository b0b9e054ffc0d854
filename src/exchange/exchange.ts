import type { Context } from '../core/context.ts'
import type { List } from '../core/list/declare.ts'
import type { Input } from '../core/validate.ts'
import type { Transaction } from '../db/client.ts'
import { id, type Kind } from './kinds.ts'

export type Row = Record<string, unknown>

export type ColumnDeclaration = {
  kind: Kind
  /** As files call it, where that is not the input's own word. */
  name?: string
  /** What the documents call it elsewhere. */
  also?: readonly string[]
  /** Its value in a row; the row's column of the same name unless given. */
  of?: (row: Row) => unknown
  /** What an export selects for it; the column of the same name unless given. */
  select?: object
}

export type Declaration<New> = {
  /** In the singular and the plural: `asset`, `assets`. */
  name: string
  plural: string
  list: List
  /** By the fields of the input that creates a row. */
  columns: Readonly<Record<string, ColumnDeclaration>>
  /** What the server alone writes, beside the id: an export shows it, an import ignores it. */
  shown: Readonly<Record<string, ColumnDeclaration>>
  /** What the documents show besides: an import ignores it. */
  ignored: readonly string[]
  /** Other rows that a batch names, looked up at once: what it answers completes an input, or refuses it. */
  references?: (ctx: Context, inputs: readonly Input[]) => Promise<(input: Input) => Input>
  /** An input as the row that it makes: the same judgement that creating a single one passes. */
  prepare: (ctx: Context, input: Input) => New
  /** Inserts rows with their events and audit rows, in the order given. */
  insert: (ctx: Context, tx: Transaction, rows: readonly New[]) => Promise<void>
  /** What a page of an export says of other rows, looked up at once. */
  refer?: (ctx: Context, rows: readonly Row[]) => Promise<Row[]>
}

/** A column of files: what they call it, and what becomes of it. */
export type Column = {
  /** The field of the input, or what the server alone writes. */
  field: string
  name: string
  kind: Kind
  of: (row: Row) => unknown
  given: boolean
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** `serialNumber`, `serial_number` and `Serial Number` are one word. */
const bare = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]+/g, '')

const ID: Readonly<Record<string, ColumnDeclaration>> = { id: { kind: id } }

/** How the rows of a resource go into files and come out of them; declared once for commands and the graph. */
export class Exchange<New = never> {
  readonly declared: Declaration<New>
  /** What an export writes, in this order. */
  readonly exported: readonly Column[]
  /** What is selected for that. */
  readonly selection: object
  private readonly known = new Map<string, Column | 'ignored'>()

  constructor(declared: Declaration<New>) {
    this.declared = declared
    const { columns, shown, ignored } = declared
    const all = Object.entries({ ...ID, ...columns, ...shown })
    this.selection = Object.assign({}, ...all.map(([field, { select = { [field]: true } }]) => select))
    this.exported = all.map(([field, declaration]) => this.learn(field, declaration, field in columns))
    for (const name of ignored) this.known.set(bare(name), 'ignored')
  }

  private learn(field: string, declaration: ColumnDeclaration, given: boolean): Column {
    const { kind, name = field, also = [], of = (row: Row) => row[field] } = declaration
    const column = { field, name: snake(name), kind, of, given }
    for (const each of [field, name, ...also]) this.known.set(bare(each), given ? column : 'ignored')
    return column
  }

  /** The column that a header or a key means, in whichever spelling. */
  column(name: string): Column | 'ignored' | undefined {
    return this.known.get(bare(name))
  }

  get validNames(): string {
    return this.exported
      .filter(({ given }) => given)
      .map(({ name }) => name)
      .join(', ')
  }
}

// biome-ignore lint/suspicious/noExplicitAny: an exchange of whatever its rows are made of
export type AnyExchange = Exchange<any>

export const defineExchange = <New>(declaration: Declaration<New>): Exchange<New> => new Exchange(declaration)
