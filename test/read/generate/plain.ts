import { type GraphQLField, type GraphQLObjectType, getNamedType, isLeafType } from 'graphql'
import { isConnection, modelOf } from '../../guards/generate/selection.ts'

type Field = GraphQLField<unknown, unknown>

const SAYS_HOW = ['list', 'row', 'read', 'pothosExposedField', 'pothosPrismaRelationField']
const PAGES = /(Connection|Edge|^PageInfo)$/
const SUMS = /^total(?!Count)/

/** Read by column, relation or list alone: what a compiler should know how to read. */
export function isPlain(type: GraphQLObjectType, { name, type: of, extensions }: Field): boolean {
  if ('where' in extensions) return false
  if (PAGES.test(type.name)) return !SUMS.test(name)
  return (
    SAYS_HOW.some((key) => key in extensions) &&
    (isConnection(of) || modelOf(of) !== undefined || isLeafType(getNamedType(of)))
  )
}
