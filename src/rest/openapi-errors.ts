import type { Endpoint } from './endpoint.ts'
import type { JsonSchema } from './json-schema.ts'

const SENTENCES: Record<number, string> = {
  400: 'The request is wrong, and the answer says where.',
  401: 'No credential, or one that is not valid.',
  403: 'The credential lacks the permission.',
  404: 'No such thing, or not of your organization.',
  405: 'The path answers other methods, named in `Allow`.',
  409: 'It contradicts what is there already.',
  412: 'It changed since you read it (`If-Match`).',
  413: 'The body is too large.',
  415: 'The body has the wrong `Content-Type`.',
  422: 'The `Idempotency-Key` was used for another request.',
  429: 'Too many requests: wait as long as `Retry-After` says.',
  500: 'Something went wrong on our side; the request id helps to find it.',
  503: 'Something that this needs is away for the moment; `Retry-After` says when to come back.',
}

const seconds = (description: string) => ({ description, schema: { type: 'integer' as const, minimum: 0 } })

const HEADERS: Record<number, Record<string, unknown>> = {
  401: { 'WWW-Authenticate': { description: 'How to authenticate.', schema: { type: 'string' } } },
  429: {
    'Retry-After': seconds('Whole seconds to wait.'),
    'X-RateLimit-Limit': seconds('How many requests the bucket holds.'),
    'X-RateLimit-Remaining': seconds('How many are left.'),
  },
  503: { 'Retry-After': seconds('Whole seconds to wait.') },
}

function statuses({ method, body, path, parameters, list, route }: Endpoint): number[] {
  const changes = method !== 'GET'
  const onRow = path.includes(':')
  return [
    ...(parameters.length > 0 || body ? [400] : []),
    ...(route.public && !body ? [] : [401]),
    ...(route.public ? [] : [403]),
    ...(onRow || (list && route.dialect === 'clientst0r') || method === 'GET' ? [404] : []),
    ...(changes ? [409] : []),
    ...(changes && method !== 'POST' ? [412] : []),
    ...(body ? [413, 415] : []),
    ...(method === 'POST' ? [422] : []),
    429,
    500,
    503,
  ]
}

/** A body that says the same words every time. */
const literal = (body: Readonly<Record<string, string>>): JsonSchema => ({
  type: 'object',
  required: Object.keys(body),
  properties: Object.fromEntries(Object.entries(body).map(([key, text]) => [key, { type: 'string', enum: [text] }])),
})

function contentOf({ dialect, route }: Endpoint, status: number) {
  const usual: JsonSchema = { $ref: `#/components/schemas/${errorName(status, dialect.errorSchema)}` }
  const own = route.refusals?.[status]
  return own ? { schema: { oneOf: [literal(own), usual] }, example: own } : { schema: usual }
}

/** The refusals a route can answer with, in its dialect's error schema or in one of its own. */
export function errorResponses(endpoint: Endpoint): Record<string, unknown> {
  const response = (status: number): [string, unknown] => {
    const content = { 'application/json': contentOf(endpoint, status) }
    const headers = HEADERS[status]
    return [String(status), { description: SENTENCES[status], ...(headers && { headers }), content }]
  }
  return Object.fromEntries(statuses(endpoint).map(response))
}

/** Statuses whose bodies look alike share one schema. */
function errorName(status: number, schemaOf: (status: number) => JsonSchema): string {
  return JSON.stringify(schemaOf(status)) === JSON.stringify(schemaOf(500)) ? 'Error' : `Error${status}`
}

export const errorSchemas = (schemaOf: (status: number) => JsonSchema): Record<string, JsonSchema> =>
  Object.fromEntries([500, 400, 403].map((status) => [errorName(status, schemaOf), schemaOf(status)]))
