import type { PrismaObjectRef } from '@pothos/plugin-prisma'
import { type Context, row } from './context.ts'
import { found } from './found.ts'
import type { Permission } from './permissions.ts'
import type { RestRoute } from './rest.ts'

export type RowOptions = {
  description: string
  rest: RestRoute | RestRoute[] | false
  authScopes: { can: Permission }
}

type Fields = { prismaField(options: object): never; arg: { id(options: object): unknown } }
type Delegate = { findUnique(args: object): Promise<object | null> }
// biome-ignore lint/suspicious/noExplicitAny: a row of any type system
type AnyRow = PrismaObjectRef<any, any>

/** One of the caller's rows by its id: `lead: rowField(t, Lead, 'lead', { … })`. The name is told when there is none. */
export function rowField(t: unknown, type: AnyRow, name: string, options: RowOptions) {
  const fields = t as Fields
  const { modelName } = type as unknown as { modelName: string }
  const delegate = (modelName[0]!.toLowerCase() + modelName.slice(1)) as 'lead'
  return fields.prismaField({
    ...options,
    type,
    nullable: true,
    args: { id: fields.arg.id({ required: true }) },
    extensions: { row: { name } },
    resolve: (query: object, _root: unknown, { id }: { id: number }, ctx: Context) =>
      found(name, (ctx.db[delegate] as unknown as Delegate).findUnique({ ...query, where: row(ctx, id) })),
  })
}
