import {
  type GraphQLObjectType,
  type GraphQLScalarType,
  getNamedType,
  isLeafType,
  isRequiredArgument,
  parse,
} from 'graphql'
import type { Context } from '../../../src/core/context.ts'
import type { Execute } from '../../../src/graph/execute.ts'
import { schema } from '../../../src/schema.ts'
import { fieldsOf, isConnection, nodeOf } from '../../guards/generate/selection.ts'
import { HOSTILE_DATES, HOSTILE_TEXTS, HOSTILE_TIMES } from './values.ts'

const GENERAL: Record<string, readonly unknown[]> = {
  ID: ['1', '2', 3, '2000000000', 'none'],
  Int: [0, 1, 2, 7, 50, 100, -5, 32_767, 2_147_483_647],
  BigInt: ['1', '2', 7, '-5', '9007199254740993', '999999999999999999'],
  Value: ['switch', 1, -2.5, true, '2026-05-23'],
  Float: [0, 0.1, 1.5, 8, -1, 1e21],
  Boolean: [true, false],
  String: HOSTILE_TEXTS,
  Decimal: ['0', '1', '-2.50', '1250.00', '0.005', 1.5, '999999999999.99'],
  DateTime: [...HOSTILE_TIMES, '2026-05-23T13:42:00.123456+02:00'],
  Date: HOSTILE_DATES,
}

type Row = Record<string, unknown>

const leavesOf = (type: GraphQLObjectType): string[] =>
  fieldsOf(type)
    .filter((field) => isLeafType(getNamedType(field.type)))
    .map(({ name }) => name)

/** What a type shows under one scalar may be compared under another: an id with a number. */
function isOf(scalar: string, value: unknown): boolean {
  try {
    ;(schema.getType(scalar) as GraphQLScalarType).parseValue(value)
    return true
  } catch {
    return false
  }
}

/** Values that one organization's rows show, to ask for them again. */
export class Samples {
  private readonly values = new Map<string, unknown[]>()

  /** What a field of a type shows, or anything that its scalar can be. */
  of(type: string, field: string, scalar: string): readonly unknown[] {
    const known = this.values.get(`${type}.${field}`)?.filter((value) => isOf(scalar, value))
    const values = known?.length ? known : GENERAL[scalar]
    if (!values) throw new Error(`No document can be made for ${type}.${field}: samples.ts has no ${scalar}.`)
    return values
  }

  private note(type: GraphQLObjectType, row: Row): void {
    for (const [field, value] of Object.entries(row)) {
      if (value === null || typeof value === 'object') continue
      const key = `${type.name}.${field}`
      this.values.set(key, [...(this.values.get(key) ?? []), value])
    }
  }

  static async of(execute: Execute, ctx: Context): Promise<Samples> {
    const samples = new Samples()
    const lists = fieldsOf(schema.getQueryType()!).filter(
      ({ type, args }) => isConnection(type) && !args.some(isRequiredArgument),
    )
    const asked = lists.map(({ name, type }) => {
      const row = `{ ${leavesOf(nodeOf(type)).join(' ')} }`
      return `${name}(first: 40, orderBy: {field: ID, direction: DESC}) { nodes ${row} }`
    })
    const { data, errors } = await execute(parse(`{ ${asked.join('\n')} }`), {}, { ...ctx })
    if (errors) throw new Error(errors.join('\n'))
    for (const { name, type } of lists)
      for (const row of (data![name] as { nodes: Row[] }).nodes) samples.note(nodeOf(type), row)
    return samples
  }
}
