import type { GraphQLError } from 'graphql'
import { errorHeaders } from '../access/headers.ts'
import { AppError, invalidFields } from '../core/errors.ts'
import { publicError } from '../core/public-error.ts'
import type { DialectName } from '../core/rest.ts'
import type { Dialect } from './dialect.ts'
import { DIALECTS } from './dialects/all.ts'

export type RestAnswer = {
  status: number
  headers: Record<string, string>
  body?: string | Buffer
  /** What went wrong inside, for the log; never for the caller. */
  cause?: unknown
  /** What the body says of a refusal, whatever the dialect's form. */
  refused?: Refused
}

export type Refused = { message: string; fields: Record<string, string[]> | undefined }

/** A graph error without a path comes from the request itself: its variables or its size. */
export function graphError(error: GraphQLError): unknown {
  const { originalError } = error
  if (originalError instanceof AppError) return originalError
  if (error.path === undefined) return new AppError('INVALID_REQUEST', error.message, {}, { cause: error })
  return originalError ?? error
}

const headersOf = (error: AppError): Record<string, string> => ({
  'content-type': 'application/json; charset=utf-8',
  ...Object.fromEntries(Object.entries(errorHeaders(error)).map(([name, value]) => [name.toLowerCase(), value])),
})

const renamed = (fields: Record<string, string[]> | undefined, dialect: Dialect) =>
  fields &&
  Object.fromEntries(
    Object.entries(fields).map(([field, sentences]) => [dialect.casing(field.replace(/^input\./, '')), sentences]),
  )

export type RefusalContext = { requestId: string; method?: string | undefined }

const innermost = (error: AppError, thrown: unknown): unknown =>
  error.cause ?? (error.code === 'INTERNAL_ERROR' ? thrown : undefined)

/** Any error as the owner of the path words it; one that we do not know says nothing but the request's id. */
export function refuse(name: DialectName, thrown: unknown, { requestId, method = 'GET' }: RefusalContext): RestAnswer {
  const dialect = DIALECTS[name]
  const error = publicError(thrown)
  const { reason } = error.details
  const code = typeof reason === 'string' ? reason : error.code.toLowerCase()
  const fields = renamed(error.details.fields, dialect)
  const message = fields ? invalidFields(fields).message : error.message
  const body = JSON.stringify(dialect.refuse({ error, message, code, fields, requestId, method }))
  const cause = innermost(error, thrown)
  const told = { status: error.status, headers: headersOf(error), body, refused: { message, fields } }
  return { ...told, ...(cause !== undefined && { cause }) }
}
