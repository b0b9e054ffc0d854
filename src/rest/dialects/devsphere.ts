import { snake } from '../../core/casing.ts'
import type { Dialect } from '../dialect.ts'

const WORDS: Record<string, string> = {
  unauthenticated: 'invalid_api_key',
  invalid_token: 'invalid_api_key',
  forbidden: 'insufficient_scope',
}

/** DevSphere: snake_case, lists under `data`, errors as one word. */
export const devsphere: Dialect = {
  name: 'devsphere',
  title: 'Opsgraph: DevSphere API',
  description: 'Leads, invoices, clients and opportunities of one organization.',
  casing: snake,
  decimals: 'string',
  repeats: 'refuse',
  unknownKeys: 'refuse',
  paging: { style: 'cursor', limit: 50, max: 200, total: true },
  list: ({ nodes, total, nextCursor }) => ({ body: { data: nodes, count: total, next_cursor: nextCursor } }),
  listSchema: (items) => ({
    properties: {
      data: { type: 'array', items },
      count: { type: 'integer', description: 'How many match in all.' },
      next_cursor: { type: 'string', nullable: true, description: 'Give it as `cursor` to read on; null at the end.' },
    },
  }),
  refuse: ({ error, code, fields }) => ({
    error: WORDS[code] ?? code,
    ...(code === 'forbidden' && error.details.need !== undefined && { need: error.details.need }),
    ...(code === 'invalid_request' && { fields: fields ?? { body: [error.message] } }),
  }),
  errorSchema: (status) => ({
    type: 'object',
    required: status === 400 ? ['error', 'fields'] : ['error'],
    properties: {
      error: { type: 'string', description: 'One word, such as `insufficient_scope`.' },
      ...(status === 403 && { need: { type: 'string', description: 'The scope that was missing.' } }),
      ...(status === 400 && {
        fields: {
          type: 'object',
          description: 'What was wrong, per parameter or field.',
          additionalProperties: { type: 'array', items: { type: 'string' } },
        },
      }),
    },
  }),
}
