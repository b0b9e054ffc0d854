import { AppError } from './errors.ts'

type DatabaseError = Error & { code: string; meta?: Record<string, unknown>; constraint?: string }
type Broken = 'unique' | 'reference' | 'range' | 'row'

/** What was broken, as the client library says it and as the database itself does. */
const BROKEN: Record<string, Broken> = {
  P2002: 'unique',
  P2003: 'reference',
  P2020: 'range',
  P2025: 'row',
  23505: 'unique',
  23503: 'reference',
  22003: 'range',
}

/** A statement by hand fails with the library's code, and the database's own within. */
export function sqlState(error: unknown): string | undefined {
  const { code, meta } = error as Partial<DatabaseError>
  const { cause } = (meta?.driverAdapterError ?? {}) as { cause?: { originalCode?: string } }
  return cause?.originalCode ?? code
}

const brokenBy = (error: DatabaseError): Broken | undefined => BROKEN[error.code] ?? BROKEN[sqlState(error) ?? '']

const camel = (column: string): string => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** `lead_organization_id_client_id_fkey` speaks of `clientId`, `organization_slug_key` of `slug`. */
const CONSTRAINT = /(?:\w+?_organization_id|\borganization)_(\w+?)_(?:fkey|key)/

function columnsOf({ meta, constraint }: DatabaseError): string[] {
  const text = JSON.stringify(meta ?? { constraint })
  const fields = /"fields":\[([^\]]*)\]/.exec(text)?.[1]
  const columns = fields
    ? fields.split(',').map((name) => name.replaceAll(/[\\"]/g, ''))
    : (CONSTRAINT.exec(text)?.slice(1) ?? [])
  return columns.map(camel).filter((name) => name !== 'organizationId')
}

/** A refusal that blames a field, where one is known. */
function blaming(code: 'CONFLICT' | 'INVALID_REQUEST', field: string | undefined, sentence: string, cause: unknown) {
  if (field === undefined) return new AppError(code, sentence, {}, { cause })
  return new AppError(code, `${field}: ${sentence}`, { fields: { [field]: [sentence] } }, { cause })
}

const TOO_LARGE = 'holds a number, or makes a sum, that is too large to be kept.'

/** What the database refuses, in the words of the API; undefined for what no caller can mend. */
export function databaseRefusal(error: unknown): AppError | undefined {
  const broken = error instanceof Error ? brokenBy(error as DatabaseError) : undefined
  if (!broken) return undefined
  const [column] = columnsOf(error as DatabaseError)
  if (broken === 'row') return new AppError('NOT_FOUND', 'No such row.', {}, { cause: error })
  if (broken === 'unique') return blaming('CONFLICT', column, 'This is already taken; choose another.', error)
  if (broken === 'range') return blaming('INVALID_REQUEST', 'input', TOO_LARGE, error)
  return column
    ? blaming('INVALID_REQUEST', column, 'No such row.', error)
    : blaming('CONFLICT', undefined, 'Other rows still refer to this one.', error)
}

const UNAVAILABLE =
  /ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|Connection terminated|terminating connection|the database system is|timeout exceeded|too many clients|Can't reach database|not queryable|P1001|P1017|P2024|P2028|57P0\d|08\d{3}|53300/

/** The library's own words for a connection that ended under a statement by hand. */
const LOST = ['ConnectionClosed', 'DatabaseNotReachable', 'SocketTimeout']

const isLost = (error: Error): boolean => {
  const { cause } = ((error as Partial<DatabaseError>).meta?.driverAdapterError ?? {}) as { cause?: { kind?: string } }
  return LOST.includes(cause?.kind ?? '')
}

function unavailable(error: unknown): AppError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (isLost(cause) || UNAVAILABLE.test(`${(cause as { code?: string }).code ?? ''} ${cause.message}`))
      return new AppError(
        'UNAVAILABLE',
        'The database is not available; try again.',
        { retryAfter: 2 },
        { cause: error },
      )
  return undefined
}

/** The one place where whatever was thrown becomes what a caller may read. */
export function publicError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const known = databaseRefusal(error) ?? unavailable(error)
  return known ?? new AppError('INTERNAL_ERROR', 'Something went wrong on our side.', {}, { cause: error })
}
