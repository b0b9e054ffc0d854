import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import type { Context } from '../core/context.ts'
import type { Wish } from '../db/announce.ts'
import type { Tables } from '../db/tables.ts'
import { compileWritten, type WrittenRow } from './compile.ts'
import type { Form } from './form.ts'
import { fragmentsOf } from './selection.ts'
import { unlessUncompilable, valuesFor } from './statement.ts'

/** How the row of a document of one root field is shown by the statement that writes it; its first operation unless one is named. */
export type WishFor = (document: DocumentNode, ctx: Context, operation?: OperationDefinitionNode) => Wish

type Asked = { document: DocumentNode; node: OperationDefinitionNode }
type Sources = { schema: GraphQLSchema; tables: Tables }
/** By how many parameters stand before, and by the largest page. */
type Plans = Map<string, WrittenRow | undefined>

export function createWishes({ schema, tables }: Sources, form: Form): WishFor {
  const known = new WeakMap<OperationDefinitionNode, Plans>()
  const planned = ({ document, node }: Asked, before: number, maxPage: number): WrittenRow | undefined => {
    const plans: Plans = known.get(node) ?? new Map()
    known.set(node, plans)
    const key = `${before} ${maxPage}`
    if (!plans.has(key)) {
      const operation = { schema, tables, node, fragments: fragmentsOf(document), form, sent: new Set<string>() }
      plans.set(
        key,
        unlessUncompilable(() => compileWritten({ operation, variables: {}, maxPage }, before)),
      )
    }
    return plans.get(key)
  }
  return (document, ctx, node = document.definitions[0] as OperationDefinitionNode) => ({
    as(model, before) {
      const plan = planned({ document, node }, before, ctx.maxPage)
      if (plan?.model !== model || !plan.permits.allow(ctx)) return undefined
      const values = valuesFor(plan, { ctx, variables: {} })
      return values && { key: plan.name, sql: plan.text, values }
    },
  })
}
