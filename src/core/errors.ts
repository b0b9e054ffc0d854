/** Every refusal a caller can meet, and the HTTP status it becomes behind any door. */
export const STATUS = {
  INVALID_REQUEST: 400,
  INVALID_PAGE: 404,
  UNAUTHENTICATED: 401,
  INVALID_TOKEN: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNPROCESSABLE: 422,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  UNAVAILABLE: 503,
} as const

export type ErrorCode = keyof typeof STATUS

/** Sentences per field, keyed by the field's GraphQL name (camelCase); a dialect renames them. */
export type FieldErrors = Record<string, string[]>

export type ErrorDetails = {
  /** What was wrong, per field. */
  fields?: FieldErrors
  /** The permission that was missing. */
  need?: string
  /** Whole seconds to wait. */
  retryAfter?: number
  /** What would be lost, and the word that says it may be. */
  confirmation?: { token: string; expiresAt: string; rows: number; bytes: number }
  /** The methods a path does answer. */
  allow?: string[]
  [key: string]: unknown
}

/** The only error whose words reach a caller; anything else becomes INTERNAL_ERROR with a request id. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, publicMessage: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(publicMessage, options)
    this.name = 'AppError'
    this.code = code
    this.details = details
  }

  get status(): number {
    return STATUS[this.code]
  }
}

export const notFound = (what: string) => new AppError('NOT_FOUND', `No such ${what}.`)

export const invalid = (field: string, sentence: string) =>
  new AppError('INVALID_REQUEST', `${field}: ${sentence}`, { fields: { [field]: [sentence] } })

export const invalidFields = (fields: FieldErrors) =>
  new AppError(
    'INVALID_REQUEST',
    Object.entries(fields)
      .map(([field, sentences]) => `${field}: ${sentences.join(' ')}`)
      .join(' '),
    { fields },
  )
