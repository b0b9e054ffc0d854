import type { HttpRequest } from '../doors/door.ts'

const LEAD = 'id name email phone company source status score createdAt updatedAt'
const INVOICE = 'id number status total client { id name } lines { id description amount }'
const graphql = (query: string): HttpRequest => ({ method: 'POST', path: '/graphql', body: { query } })

/** Pages and rows whose cost should not know how many others there are. `counted` is told apart: counting is work per row. */
export const REQUESTS: readonly { what: string; request: HttpRequest; counted?: true }[] = [
  {
    what: '25 newest leads, GraphQL',
    request: graphql(`{ leads(first: 25) { nodes { ${LEAD} } pageInfo { hasNextPage endCursor } } }`),
  },
  {
    what: '25 leads by name, GraphQL',
    request: graphql(`{ leads(first: 25, orderBy: [{ field: NAME }]) { nodes { ${LEAD} } } }`),
  },
  {
    what: '25 invoices → client, → lines',
    request: graphql(`{ invoices(first: 25) { nodes { ${INVOICE} } } }`),
  },
  { what: 'one asset, REST', request: { method: 'GET', path: '/api/assets/1/' } },
  {
    what: '25 newest leads and their total',
    request: graphql(`{ leads(first: 25) { totalCount nodes { ${LEAD} } } }`),
    counted: true,
  },
  {
    what: 'the same, REST, which always tells the total',
    request: { method: 'GET', path: '/api/v1/leads?limit=25' },
    counted: true,
  },
]
