import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core'
import type { GraphQLFieldResolver } from 'graphql'

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      asLeft: AsLeftPlugin<Types>
    }
  }
}

const rows = new WeakSet<object>()

/** What was only asked for answers as the change left it: whoever goes on with the row may be quicker than the answer. */
export function asLeft<R extends object>(row: R): R {
  rows.add(row)
  return row
}

type Resolver = GraphQLFieldResolver<unknown, object, object, unknown>

/** Columns of such a row are not read again. Stands before whatever would read them, and behind what guards them. */
export class AsLeftPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(resolver: Resolver, { kind, extensions }: PothosOutputFieldConfig<Types>): Resolver {
    const column = extensions?.pothosPrismaVariant
    if (kind !== 'PrismaObject' || typeof column !== 'string') return resolver
    return (parent, args, ctx, info) =>
      rows.has(parent as object) ? (parent as Record<string, unknown>)[column] : resolver(parent, args, ctx, info)
  }
}

SchemaBuilder.registerPlugin('asLeft', AsLeftPlugin as never)
