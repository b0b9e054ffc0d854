import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  execute as run,
} from 'graphql'
import type { Context } from '../core/context.ts'
import { AppError, invalid } from '../core/errors.ts'
import { publicError } from '../core/public-error.ts'
import type { Read, ReadParts } from '../read/reader.ts'
import { Answered } from './answered.ts'
import type { Change } from './change.ts'
import { operationOf, unhelpful } from './documents.ts'

export type Report = (error: unknown, requestId: string) => void

/** The port under every door: whatever runs the document behind it can be exchanged. */
export type Execute = (
  document: DocumentNode,
  variables: Record<string, unknown> | undefined,
  context: Context,
  operationName?: string | null,
) => Promise<ExecutionResult>

/** A resolver's error as a caller may see it; errors of the request itself pass as they are. */
export function publicly(error: GraphQLError, ctx: Context, report: Report): GraphQLError {
  if (!error.originalError || error.path === undefined) return error
  const known = publicError(error.originalError)
  if (known.code === 'INTERNAL_ERROR') report(error.originalError, ctx.requestId)
  return new GraphQLError(known.message, {
    nodes: error.nodes,
    path: error.path,
    originalError: known,
    extensions: extensionsOf(known, ctx.requestId),
  })
}

/** A reader whose failures its caller may see; the others are reported. Whoever counts is told of what was read. */
export const publicReads =
  (read: ReadParts, report: Report, answered: () => void): ReadParts =>
  (document, operation, given, ctx) =>
    read(document, operation, given, ctx).then(
      (parts) => {
        if (parts) answered()
        return parts
      },
      (error: unknown) => {
        const known = publicError(error)
        if (known.code === 'INTERNAL_ERROR') report(error, ctx.requestId)
        throw known
      },
    )

/** `extensions` of every error: what a program needs to react. */
export function extensionsOf({ code, status, details }: AppError, requestId: string): Record<string, unknown> {
  const { reason, need, fields, retryAfter, confirmation } = details
  return {
    code,
    status,
    requestId,
    ...(typeof reason === 'string' && { reason }),
    ...(need !== undefined && { need }),
    ...(fields && { fields }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(confirmation && { confirmation }),
  }
}

/** The library names the variable, and where in it, in its sentence only. */
const MISFIT = /^Variable "\$(\w+)"(?: got invalid value .* at "\1\.([\w.[\]]+)")?/s

function misfit(message: string): AppError {
  const [, variable, inside] = MISFIT.exec(message) ?? []
  const sentence = message.slice(message.lastIndexOf('; ') + 1).trim()
  return new AppError('INVALID_REQUEST', message, variable ? { fields: { [inside ?? variable]: [sentence] } } : {})
}

/** An error of the request itself (syntax, validation, variables) told in the same form. */
export const requestErrors = (errors: readonly GraphQLError[], requestId: string): GraphQLFormattedError[] =>
  errors.map((error) => {
    const { message: words, locations, path, extensions } = error.toJSON()
    const message = unhelpful(words)
    const known = error.originalError instanceof AppError ? error.originalError : misfit(message)
    return {
      message,
      ...(locations && { locations }),
      ...(path && { path }),
      extensions: extensions?.code ? extensions : extensionsOf(known, requestId),
    }
  })

const MAX_NESTING = 100

/** The library reads variables recursively, and so does whoever is given them. */
function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => nestsDeeper(inner, levels - 1))
}

const tooDeep = () => {
  const originalError = invalid('variables', `nest at most ${MAX_NESTING} levels deep.`)
  return new GraphQLError(originalError.message, { originalError })
}

type Operation = {
  document: DocumentNode
  operation: OperationDefinitionNode
  given: Record<string, unknown>
  ctx: Context
}

/** Read by one statement where it can be; undefined where the executor has to answer. */
const readAtOnce = (read: Read, { document, operation, given, ctx }: Operation): Promise<ExecutionResult | undefined> =>
  read(document, operation, given, ctx).then(
    (json) => (json === undefined ? undefined : new Answered(json)),
    (error: Error) => ({ data: null, errors: [failed(error, operation)] }),
  )

function failed(originalError: Error, { selectionSet }: OperationDefinitionNode): GraphQLError {
  const [first] = selectionSet.selections
  const path = first?.kind === Kind.FIELD ? [first.alias?.value ?? first.name.value] : []
  return new GraphQLError(originalError.message, { nodes: first, path, originalError })
}

/** What answers before the ordinary executor is asked; whoever counts is told which of them did. */
export type Ways = { read?: Read; change?: Change; answered?: (by: 'statement' | 'executor') => void }

export function createExecute(schema: GraphQLSchema, report: Report, { read, change, answered }: Ways = {}): Execute {
  const atOnce = (asked: Operation): Promise<ExecutionResult | undefined> | undefined => {
    const { document, operation, given, ctx } = asked
    if (operation.operation === OperationTypeNode.QUERY) return read && readAtOnce(read, asked)
    return operation.operation === OperationTypeNode.MUTATION ? change?.(document, operation, given, ctx) : undefined
  }
  return async (document, given = {}, ctx, name) => {
    if (nestsDeeper(given, MAX_NESTING)) return { errors: [tooDeep()] }
    const operation = operationOf(document, name)
    const result =
      (operation && (await atOnce({ document, operation, given, ctx }))) ??
      (await run({ schema, document, variableValues: given, contextValue: ctx, operationName: name }))
    answered?.(result instanceof Answered ? 'statement' : 'executor')
    if (!result.errors) return result
    return { ...result, errors: result.errors.map((error) => publicly(error, ctx, report)) }
  }
}
