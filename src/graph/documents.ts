import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  parse,
  validate,
  visit,
} from 'graphql'
import { Remembered } from '../core/remembered.ts'

const MAX_CHARACTERS = 100_000
const MAX_TOKENS = 4000
/** Selections, lists and objects together; selections alone are bounded by what an operation may cost. */
const MAX_NESTING = 100
const MAX_ERRORS = 20
/** Characters of all remembered texts together; what is parsed takes some sixty times as much memory. */
const REMEMBERED = 1_500_000

/** A text that was parsed and validated once. */
export type Prepared = { document?: DocumentNode; errors?: readonly GraphQLError[] }

export type Documents = {
  parse(text: string): DocumentNode
  validate(document: DocumentNode): readonly GraphQLError[]
  prepare(text: string): Prepared
}

/** The schema is documented; guessing its names for strangers is not an error's job. */
export const unhelpful = (message: string): string => message.replace(/ Did you mean .*\?$/s, '')

const withoutHelp = (error: GraphQLError): GraphQLError =>
  new GraphQLError(unhelpful(error.message), {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    extensions: error.extensions,
  })

function parsed(text: string): DocumentNode {
  if (text.length > MAX_CHARACTERS) throw new GraphQLError(`A document has at most ${MAX_CHARACTERS} characters.`)
  return shallow(parse(text, { maxTokens: MAX_TOKENS }))
}

const tooDeep = () => new GraphQLError(`A document nests at most ${MAX_NESTING} levels deep.`)

/** Whatever reads a document afterwards does so recursively. */
function shallow(document: DocumentNode): DocumentNode {
  let depth = 0
  visit(document, {
    enter() {
      if (++depth > MAX_NESTING) throw tooDeep()
    },
    leave() {
      depth--
    },
  })
  return document
}

/** Parses and validates every text once; both doors and every process-wide cache look here. */
export function createDocuments(schema: GraphQLSchema): Documents {
  const known = new Remembered<Prepared>(REMEMBERED)
  const checked = new WeakMap<DocumentNode, readonly GraphQLError[]>()

  const validated = (document: DocumentNode) => {
    let errors = checked.get(document)
    if (!errors) {
      errors = validate(schema, document, undefined, { maxErrors: MAX_ERRORS }).map(withoutHelp)
      checked.set(document, errors)
    }
    return errors
  }
  const make = (text: string): Prepared => {
    try {
      const document = parsed(text)
      const errors = validated(document)
      return errors.length ? { document, errors } : { document }
    } catch (error) {
      return { errors: [error instanceof RangeError ? tooDeep() : (error as GraphQLError)] }
    }
  }
  const prepare = (text: string): Prepared => {
    const before = known.get(text)
    if (before) return before
    const made = make(text)
    known.set(text, made, text.length)
    return made
  }
  return {
    prepare,
    validate: validated,
    parse(text) {
      const { document, errors } = prepare(text)
      if (!document) throw errors![0]
      return document
    },
  }
}

/** The operation a request means, or undefined where it does not say which of several. */
export function operationOf(document: DocumentNode, name?: string | null): OperationDefinitionNode | undefined {
  const operations = document.definitions.filter((node) => node.kind === 'OperationDefinition')
  if (name) return operations.find((operation) => operation.name?.value === name)
  return operations.length === 1 ? operations[0] : undefined
}
