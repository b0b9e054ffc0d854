import type { PrismaObjectRef } from '@pothos/plugin-prisma'
import { builder, type InputFields } from './builder.ts'
import type { Context } from './context.ts'
import type { Permission } from './permissions.ts'
import type { RestRoute } from './rest.ts'
import type { Input } from './validate.ts'

// biome-ignore lint/suspicious/noExplicitAny: a row of any type system
type AnyRow = PrismaObjectRef<any, any>
type Rest = RestRoute | RestRoute[] | false

export type RowMutations = {
  can: Permission
  /** The field that a row cannot be created without. */
  required: string
  fields: (t: InputFields) => Record<string, unknown>
  create: { description: string; rest: Rest; verb: (ctx: Context, input: Input) => Promise<object> }
  update: {
    description: string
    rest: Rest
    /** What a change means by what it leaves out. */
    partial?: string
    verb: (ctx: Context, id: number, input: Input) => Promise<object>
  }
  delete: { description: string; rest: Rest; verb: (ctx: Context, id: number, query: object) => Promise<object> }
}

type MutationFields = {
  field(options: object): never
  prismaField(options: object): never
  arg: { (options: object): unknown; id(options: object): unknown }
}

/** `CreateAssetInput` and `UpdateAssetInput`: the same fields, of which the first requires one. */
function inputsOf(name: string, { required, fields, update }: RowMutations) {
  const input = (verb: string, isRequired: boolean, description?: string) =>
    builder.inputType(`${verb}${name}Input`, {
      ...(description !== undefined && { description }),
      fields: (t) => ({ [required]: t.string({ required: isRequired }), ...(fields(t) as object) }),
    })
  const { partial = 'What is left out stays; null clears a field.' } = update
  return { create: input('Create', true), update: input('Update', false, partial) }
}

/** The three changes of a row: `createAsset(input:)`, `updateAsset(id:, input:)`, `deleteAsset(id:)`. */
export function rowMutations(type: AnyRow, mutations: RowMutations): void {
  const { name } = type as unknown as { name: string }
  const inputs = inputsOf(name, mutations)
  const { can, create, update, delete: remove } = mutations
  const shared = ({ description, rest }: { description: string; rest: Rest }) => ({
    type,
    description,
    rest,
    authScopes: { can },
  })
  builder.mutationFields((fields) => {
    const t = fields as unknown as MutationFields
    const id = () => t.arg.id({ required: true })
    const input = (of: unknown) => t.arg({ type: of, required: true })
    return {
      [`create${name}`]: t.field({
        ...shared(create),
        args: { input: input(inputs.create) },
        resolve: (_root: unknown, args: { input: Input }, ctx: Context) => create.verb(ctx, args.input),
      }),
      [`update${name}`]: t.field({
        ...shared(update),
        args: { id: id(), input: input(inputs.update) },
        resolve: (_root: unknown, args: { id: number; input: Input }, ctx: Context) =>
          update.verb(ctx, args.id, args.input),
      }),
      [`delete${name}`]: t.prismaField({
        ...shared(remove),
        args: { id: id() },
        resolve: (query: object, _root: unknown, args: { id: number }, ctx: Context) =>
          remove.verb(ctx, args.id, query),
      }),
    }
  })
}
