import type { FieldNode, GraphQLField } from 'graphql'
import type { List } from '../core/list/declare.ts'
import type { Relation } from '../db/tables.ts'
import type { Form } from './form.ts'
import type { Permits } from './permits.ts'
import type { Asked } from './selection.ts'
import type { Writing } from './where.ts'

export type Field = GraphQLField<unknown, unknown>
export type Nodes = readonly FieldNode[]

/** Everything that writing one statement needs to know. */
export type Compiler = Writing &
  Asked & {
    permits: Permits
    form: Form
    /** The largest page that the caller's door hands out. */
    maxPage: number
    /** A list below a row, which may have lists below its own rows. */
    related(field: Field, nodes: Nodes, list: List, relation: Relation, alias: string): string
  }
