import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import PrismaPlugin from '@pothos/plugin-prisma'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import { type GraphQLOutputType, getNamedType, getNullableType, isLeafType, isListType } from 'graphql'
import type PrismaTypes from '../db/generated/pothos.ts'
import { getDatamodel } from '../db/generated/pothos.ts'
import { refusal } from './authorization.ts'
import type { Context } from './context.ts'
import type { Permission } from './permissions.ts'
import './annotations.ts'
import './as-left.ts'
import './granted.ts'
import type { Binary } from './scalars.ts'

type Scalars = {
  ID: { Input: number; Output: number | string | bigint }
  Decimal: { Input: string; Output: { toString(): string } | string }
  DateTime: { Input: Date; Output: Date }
  Date: { Input: Date; Output: Date }
  JSON: { Input: unknown; Output: unknown }
  Value: { Input: unknown; Output: unknown }
  BigInt: { Input: bigint; Output: bigint | number }
  Bytes: { Input: Buffer; Output: Binary }
}

const PLAIN_LIST = 20

/** A column costs nothing beyond its row; a row costs one; a list without a page size counts as twenty. */
function costOf(type: GraphQLOutputType): { field: number; multiplier: number } {
  const list = isListType(getNullableType(type))
  return { field: isLeafType(getNamedType(type)) ? 0 : 1, multiplier: list ? PLAIN_LIST : 1 }
}

export const builder = new SchemaBuilder<{
  Context: Context
  PrismaTypes: PrismaTypes
  Scalars: Scalars
  AuthScopes: { can: Permission; signedIn: boolean; public: boolean }
  DefaultFieldNullability: false
  DefaultInputFieldRequiredness: false
}>({
  plugins: ['annotations', 'granted', ScopeAuthPlugin, 'guarded', 'asLeft', PrismaPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  scopeAuth: {
    authScopes: (ctx) => ({
      can: (permission) => ctx.permissions.has(permission),
      signedIn: ctx.credential !== undefined,
      public: true,
    }),
    runScopesOnType: true,
    unauthorizedError: (_parent, ctx, _info, result) => refusal(result, ctx),
  },
  prisma: {
    client: (ctx) => ctx.db as never,
    dmmf: getDatamodel(),
    exposeDescriptions: true,
    filterConnectionTotalCount: true,
  },
  complexity: { fieldComplexity: (_args, _ctx, field) => costOf(field.type) },
})

builder.queryType({ description: 'Everything that can be read. Each field names the permission it needs.' })
builder.mutationType({
  description: 'Everything that can be changed. Each change is audited and announced in its own transaction.',
})

builder.subscriptionType({
  description: 'What can be followed as it happens, over Server-Sent Events.',
})

export type Builder = typeof builder

type Types = Builder extends PothosSchemaTypes.SchemaBuilder<infer T> ? T : never
/** For fields that a create and an update input share. */
export type InputFields = PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>
