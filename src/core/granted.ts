import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core'
import type { GraphQLFieldResolver } from 'graphql'
import type { Context } from './context.ts'
import type { Permission } from './permissions.ts'

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      granted: GrantedPlugin<Types>
      guarded: GuardedPlugin<Types>
    }
  }
}

type Resolver = GraphQLFieldResolver<unknown, object, object, unknown>

/** What scope-auth guards. */
const behind = new WeakMap<object, Resolver>()

/** The one permission that a change asks for, where it asks for nothing else. */
function permissionOf({ kind, pothosOptions }: PothosOutputFieldConfig<SchemaTypes>): Permission | undefined {
  const { authScopes } = pothosOptions as { authScopes?: unknown }
  if (kind !== 'Mutation' || typeof authScopes !== 'object' || authScopes === null) return undefined
  const [[name, permission] = [], ...others] = Object.entries(authScopes)
  return name === 'can' && others.length === 0 ? permission : undefined
}

/**
 * Whoever holds the one permission that a change asks for is not led through scope-auth: what that remembers of a request
 * stays, with all that the request has, until memory is tidied up from the ground. It stands before scope-auth, which refuses the others.
 */
export class GrantedPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(guarded: Resolver, config: PothosOutputFieldConfig<Types>): Resolver {
    const permission = permissionOf(config as never)
    const resolver = behind.get(config)
    if (!permission || !resolver) return guarded
    return (parent, args, ctx, info) =>
      (ctx as Context).permissions.has(permission)
        ? resolver(parent, args, ctx, info)
        : guarded(parent, args, ctx, info)
  }
}

/** Stands behind scope-auth. */
export class GuardedPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(resolver: Resolver, config: PothosOutputFieldConfig<Types>): Resolver {
    behind.set(config, resolver)
    return resolver
  }
}

SchemaBuilder.registerPlugin('granted', GrantedPlugin as never)
SchemaBuilder.registerPlugin('guarded', GuardedPlugin as never)
