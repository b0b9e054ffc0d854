import { complexityFromQuery } from '@pothos/plugin-complexity'
import { type DocumentNode, type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql'
import { AppError } from '../core/errors.ts'

export const MAX_COST = 10_000
const MAX_DEPTH = 14
const MAX_ROOT_FIELDS = 50
const COST_PER_TOKEN = 100

type Variables = Record<string, unknown>
type Size = { complexity: number; depth: number }

/** The library measures a document's first operation: this is one with no other. */
const alone = (document: DocumentNode, operation: OperationDefinitionNode): DocumentNode => ({
  kind: Kind.DOCUMENT,
  definitions: [operation, ...document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)],
})

/** Undefined where the variables do not fit: the executor refuses them, in its own words. */
function measured(schema: GraphQLSchema, document: DocumentNode, variables: Variables): Size | undefined {
  try {
    return complexityFromQuery(document, { schema, variables })
  } catch {
    return undefined
  }
}

/** What a size can depend on: page sizes and the conditions of @include and @skip. */
const DECISIVE = new Set(['Int', 'Boolean'])
const VARIANTS = 100

function decisive({ variableDefinitions = [] }: OperationDefinitionNode): string[] {
  return variableDefinitions.flatMap(({ type, variable }) => {
    const named = type.kind === Kind.NON_NULL_TYPE ? type.type : type
    return named.kind === Kind.NAMED_TYPE && DECISIVE.has(named.name.value) ? [variable.name.value] : []
  })
}

/** The sizes of one operation, by the values that decide them. */
class Sizes {
  private readonly names: string[]
  private readonly known = new Map<string, Size>()

  constructor(operation: OperationDefinitionNode) {
    this.names = decisive(operation)
  }

  of(variables: Variables, measure: () => Size | undefined): Size {
    const key = this.names.length
      ? JSON.stringify(this.names.map((name) => (Object.hasOwn(variables, name) ? [variables[name]] : [])))
      : ''
    const known = this.known.get(key)
    if (known) return known
    const size = measure()
    if (size && this.known.size < VARIANTS) this.known.set(key, size)
    return size ?? { complexity: 1, depth: 1 }
  }
}

function permitted(operation: OperationDefinitionNode, { complexity, depth }: Size): number {
  if (operation.selectionSet.selections.length > MAX_ROOT_FIELDS)
    throw tooBig(`names more than ${MAX_ROOT_FIELDS} root fields`)
  if (depth > MAX_DEPTH) throw tooBig(`nests ${depth} levels deep; ${MAX_DEPTH} are allowed`)
  if (complexity > MAX_COST)
    throw tooBig(`costs ${complexity}; ${MAX_COST} are allowed. Ask for smaller pages (first:)`)
  return complexity
}

export type CostOf = (document: DocumentNode, operation: OperationDefinitionNode, variables?: Variables) => number

/** What an operation costs, computed before it runs: about one per row it may touch. */
export function createCost(schema: GraphQLSchema): CostOf {
  const sizes = new WeakMap<OperationDefinitionNode, Sizes>()
  return (document, operation, variables = {}) => {
    if (isIntrospection(operation)) return 1
    let own = sizes.get(operation)
    if (!own) {
      own = new Sizes(operation)
      sizes.set(operation, own)
    }
    const size = own.of(variables, () => measured(schema, alone(document, operation), variables))
    return permitted(operation, size)
  }
}

const tooBig = (what: string) =>
  new AppError('INVALID_REQUEST', `This operation ${what}.`, { fields: { query: [`${what}.`] } })

const isIntrospection = ({ selectionSet }: OperationDefinitionNode): boolean =>
  selectionSet.selections.every((node) => node.kind === Kind.FIELD && node.name.value.startsWith('__'))

/** The tokens an operation takes from the bucket that REST requests take one each from. */
export const tokensFor = (cost: number): number => Math.max(1, Math.ceil(cost / COST_PER_TOKEN))
