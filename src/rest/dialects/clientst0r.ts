import { snake } from '../../core/casing.ts'
import type { Dialect, Refusal } from '../dialect.ts'
import type { JsonSchema } from '../json-schema.ts'
import { organizationParameter } from '../organization-parameter.ts'

const SENTENCES: Record<string, string> = {
  unauthenticated: 'Authentication credentials were not provided.',
  invalid_token: 'Invalid token.',
  forbidden: 'You do not have permission to perform this action.',
  not_found: 'Not found.',
  invalid_page: 'Invalid page.',
  internal_error: 'A server error occurred.',
}

function detail({ error, code, method }: Refusal): string {
  if (code === 'method_not_allowed') return `Method "${method}" not allowed.`
  const wait = error.details.retryAfter
  if (code === 'rate_limited')
    return `Request was throttled.${wait === undefined ? '' : ` Expected available in ${wait} second${wait === 1 ? '' : 's'}.`}`
  return SENTENCES[code] ?? error.message
}

function refuse(refusal: Refusal): unknown {
  const { error, fields } = refusal
  if (typeof error.details.as === 'string') return { [error.details.as]: error.message }
  if (error.status !== 400) return { detail: detail(refusal) }
  return fields ?? { non_field_errors: [error.message] }
}

const sentences: JsonSchema = { type: 'array', items: { type: 'string' } }

const link = (description: string): JsonSchema => ({ type: 'string', format: 'uri', nullable: true, description })

/** ClientSt0r: the manners of Django REST framework, snake_case, trailing slashes. */
export const clientst0r: Dialect = {
  name: 'clientst0r',
  title: 'Opsgraph: ClientSt0r API',
  description: 'Assets, vault entries, vehicles and monitors of the organizations that a person belongs to.',
  casing: snake,
  decimals: 'string',
  repeats: 'last',
  unknownKeys: 'ignore',
  organizationParameter,
  paging: { style: 'page', limit: 25, max: 200, total: true },
  list: ({ nodes, total, limit, offset, link }) => ({
    body: {
      count: total,
      next: offset + limit < total ? link({ page: String(offset / limit + 2) }) : null,
      previous: offset > 0 ? link({ page: offset === limit ? null : String(offset / limit) }) : null,
      results: nodes,
    },
  }),
  listSchema: (items) => ({
    properties: {
      count: { type: 'integer', description: 'How many match in all.' },
      next: link('The address of the next page.'),
      previous: link('The address of the page before.'),
      results: { type: 'array', items },
    },
  }),
  refuse,
  errorSchema: (status): JsonSchema =>
    status === 400
      ? {
          type: 'object',
          description: 'Sentences per field; those about no field in particular are under `non_field_errors`.',
          properties: { non_field_errors: sentences },
          additionalProperties: sentences,
        }
      : { type: 'object', required: ['detail'], properties: { detail: { type: 'string' } } },
}
