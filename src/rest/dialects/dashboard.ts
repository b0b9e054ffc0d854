import type { Dialect } from '../dialect.ts'

const code = { type: 'string', description: 'A stable word for programs.' } as const

/** The operations dashboard: camelCase, bare objects, money as JSON numbers with its exact decimals. */
export const dashboard: Dialect = {
  name: 'dashboard',
  title: 'Opsgraph: operations dashboard API',
  description: 'Apps, servers, money, people, findings and knowledge of one organization, for integrations.',
  casing: (name) => name,
  decimals: 'number',
  repeats: 'refuse',
  unknownKeys: 'refuse',
  paging: { style: 'cursor', limit: 1000, max: 1000, total: false },
  list: ({ nodes, shown, name, totals, nextCursor, link }) => ({
    body: { count: shown, ...totals, [name]: nodes },
    ...(nextCursor !== null && { headers: { link: `<${link({ cursor: nextCursor })}>; rel="next"` } }),
  }),
  listSchema: (items, name, totals) => ({
    properties: {
      count: { type: 'integer', description: 'How many are in this answer.' },
      ...totals,
      [name]: { type: 'array', items },
    },
  }),
  refuse: ({ message, code, requestId }) => ({ error: message, code, requestId }),
  errorSchema: () => ({
    type: 'object',
    required: ['error', 'code', 'requestId'],
    properties: {
      error: { type: 'string', description: 'What went wrong, in a sentence.' },
      code,
      requestId: { type: 'string', description: 'Quote it when asking for help.' },
    },
  }),
}
