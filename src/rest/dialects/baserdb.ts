import { snake } from '../../core/casing.ts'
import type { AppError, ErrorDetails } from '../../core/errors.ts'
import type { Dialect, Listed, Page, Refusal } from '../dialect.ts'
import type { JsonSchema } from '../json-schema.ts'

/** A list on its way into the envelope, which shows its pagination beside the data. */
class Slice {
  readonly page: Page
  constructor(page: Page) {
    this.page = page
  }
}

function wrap(body: unknown, requestId: string): unknown {
  if (!(body instanceof Slice)) return { success: true, data: body, meta: { request_id: requestId }, error: null }
  const { nodes, limit, nextCursor, total } = body.page
  const pagination = { limit, next_cursor: nextCursor, total }
  return { success: true, data: nodes, meta: { request_id: requestId, pagination }, error: null }
}

const requestId: JsonSchema = { type: 'string', description: 'Quote it when asking for help.' }

const nothing = (type: 'object'): JsonSchema => ({ type, nullable: true, description: 'Always null here.' })

const meta = (properties: Record<string, JsonSchema> = {}): JsonSchema => ({
  type: 'object',
  required: ['request_id', ...Object.keys(properties)],
  properties: { request_id: requestId, ...properties },
})

const pagination: JsonSchema = {
  type: 'object',
  required: ['limit', 'next_cursor', 'total'],
  properties: {
    limit: { type: 'integer' },
    next_cursor: { type: 'string', nullable: true, description: 'Give it as `cursor` to read on; null at the end.' },
    total: { type: 'integer', description: 'How many match in all.' },
  },
}

const confirmed = ({ expiresAt, ...confirmation }: NonNullable<ErrorDetails['confirmation']>) => ({
  ...confirmation,
  expires_at: expiresAt,
})

/** What of an error's details concerns the caller. */
const details = ({ details: { need, retryAfter, checks, confirmation } }: AppError, fields: Refusal['fields']) => ({
  ...(fields && { fields }),
  ...(need !== undefined && { need }),
  ...(retryAfter !== undefined && { retry_after: retryAfter }),
  ...(checks !== undefined && { checks }),
  ...(confirmation && { confirmation: confirmed(confirmation) }),
})

const enveloped = (data: JsonSchema, about: JsonSchema) => ({
  properties: { success: { type: 'boolean', enum: [true] } as const, data, meta: about, error: nothing('object') },
})

/** BaserDB: snake_case, every answer in the same envelope. */
export const baserdb: Dialect = {
  name: 'baserdb',
  title: 'Opsgraph: BaserDB API',
  description:
    'Signing in, people, organizations, projects, groups and their tables, credentials, backups, the audit trail, and the server’s health.',
  casing: snake,
  decimals: 'string',
  repeats: 'refuse',
  unknownKeys: 'refuse',
  paging: { style: 'cursor', limit: 50, max: 200, total: true },
  list: (page): Listed => ({ body: new Slice(page) }),
  listSchema: (items) => enveloped({ type: 'array', items }, meta({ pagination })),
  envelope: { wrap, schema: (data) => enveloped(data, meta()) },
  refuse: ({ error, message, code, fields, requestId }) => ({
    success: false,
    data: null,
    meta: { request_id: requestId },
    error: {
      code: code === 'unauthenticated' ? 'invalid_credentials' : code,
      message,
      details: details(error, fields),
    },
  }),
  errorSchema: () => ({
    type: 'object',
    required: ['success', 'data', 'meta', 'error'],
    properties: {
      success: { type: 'boolean', enum: [false] },
      data: nothing('object'),
      meta: meta(),
      error: {
        type: 'object',
        required: ['code', 'message', 'details'],
        properties: {
          code: { type: 'string', description: 'A stable word, such as `not_found`.' },
          message: { type: 'string' },
          details: { type: 'object', additionalProperties: true },
        },
      },
    },
  }),
}
