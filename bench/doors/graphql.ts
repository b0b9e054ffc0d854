import type { Ask, Workload } from '../workloads.ts'
import type { Door } from './door.ts'

const LEAD = 'id name email phone company source status score createdAt updatedAt'
const ASSET =
  'id name assetType serialNumber model manufacturer hostname ipAddress macAddress location notes isActive createdAt updatedAt'
const INVOICE = 'id number status currency total issuedOn dueOn'
const CLIENT = 'client { id name email }'
const LINE = 'id position description quantity unitPrice amount'

type Operation = { query: string; variables(ask: Ask): Record<string, unknown> }
type Operations = Record<Workload, Operation>

/** A door at /graphql whose root fields are `leads`, `asset`, `invoices`, `createAsset` and `assets`, by alias where need be. */
const door = (operations: Operations): Door => ({
  request: (workload, ask) => {
    const { query, variables } = operations[workload]
    return { method: 'POST', path: '/graphql', body: { query, variables: variables(ask) } }
  },
  value: (_workload, body) => {
    const { data } = body as { data: Record<string, unknown> }
    return Object.values(data)[0]
  },
})

const none = () => ({})
const search = { search: 'switch', first: 50, offset: 50 }

export const product = door({
  W1: { query: `{ leads(first: 25) { totalCount nodes { ${LEAD} } } }`, variables: none },
  W2: { query: `query Asset($id: ID!) { asset(id: $id) { ${ASSET} } }`, variables: ({ assetId }) => ({ id: assetId }) },
  W3: {
    query: `{ invoices(first: 25) { nodes { ${INVOICE} ${CLIENT} lines { ${LINE} } } } }`,
    variables: none,
  },
  W4: {
    query: `mutation Create($input: CreateAssetInput!) { createAsset(input: $input) { ${ASSET} } }`,
    variables: ({ asset }) => ({ input: asset }),
  },
  W5: {
    query: `query Search($search: String!, $first: Int!, $offset: Int!) {
      assets(search: $search, orderBy: [{ field: CREATED_AT, direction: DESC }], first: $first, offset: $offset) { totalCount nodes { ${ASSET} } }
    }`,
    variables: () => search,
  },
})

export const mercurius = door({
  W1: { query: `{ leads(first: 25) { totalCount nodes { ${LEAD} } } }`, variables: none },
  W2: { query: `query Asset($id: ID!) { asset(id: $id) { ${ASSET} } }`, variables: ({ assetId }) => ({ id: assetId }) },
  W3: { query: `{ invoices(first: 25) { nodes { ${INVOICE} ${CLIENT} lines { ${LINE} } } } }`, variables: none },
  W4: {
    query: `mutation Create($input: CreateAsset!) { createAsset(input: $input) { ${ASSET} } }`,
    variables: ({ asset }) => ({ input: asset }),
  },
  W5: {
    query: `query Search($search: String!, $first: Int, $offset: Int) { assets(search: $search, first: $first, offset: $offset) { totalCount nodes { ${ASSET} } } }`,
    variables: () => search,
  },
})

/** PostGraphile calls a column `id` `rowId`. */
const rowId = (columns: string) => columns.replace(/^id /, 'id: rowId ')
const NEWEST = 'orderBy: [CREATED_AT_DESC, ROW_ID_DESC]'
const P_CLIENT = 'client: clientByOrganizationIdAndClientId { id: rowId name email }'
const P_LINES = `lines: invoiceLinesByOrganizationIdAndInvoiceId(orderBy: POSITION_ASC) { nodes { ${rowId(LINE)} } }`

const organization = ({ organization }: Ask) => ({ organization })

/** `where`: the organization as a condition, for a PostGraphile that runs without row-level security. */
function postgraphile(where: boolean): Door {
  const head = where ? 'query ($organization: Int!) ' : ''
  const condition = where ? 'condition: { organizationId: $organization }, ' : ''
  const variables = where ? organization : none
  const operations: Operations = {
    W1: {
      query: `${head}{ leads: allLeads(${condition}first: 25, ${NEWEST}) { totalCount nodes { ${rowId(LEAD)} } } }`,
      variables,
    },
    W2: {
      query: `query ($organization: Int!, $id: Int!) { asset: assetByOrganizationIdAndRowId(organizationId: $organization, rowId: $id) { ${rowId(ASSET)} } }`,
      variables: ({ organization, assetId }) => ({ organization, id: assetId }),
    },
    W3: {
      query: `${head}{ invoices: allInvoices(${condition}first: 25, ${NEWEST}) { nodes { ${rowId(INVOICE)} ${P_CLIENT} ${P_LINES} } } }`,
      variables,
    },
    W4: {
      query: `mutation ($input: BenchRecordAssetInput!) { created: benchRecordAsset(input: $input) { result { ${rowId(ASSET)} } } }`,
      variables: ({ asset }) => ({ input: asset }),
    },
    W5: {
      query: `query ($search: String!, $first: Int, $offset: Int) { assets: benchSearchAssets(search: $search, first: $first, offset: $offset) { totalCount nodes { ${rowId(ASSET)} } } }`,
      variables: () => search,
    },
  }
  const { request, value } = door(operations)
  return {
    request: (workload, ask) =>
      where && (workload === 'W4' || workload === 'W5') ? undefined : request(workload, ask),
    value: (workload, body) => {
      const found = value(workload, body)
      return workload === 'W4' ? (found as { result: unknown }).result : found
    },
  }
}

export const postgraphileUnderPolicies = postgraphile(false)
export const postgraphileWithConditions = postgraphile(true)
