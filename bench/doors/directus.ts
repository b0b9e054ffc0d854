import type { Door } from './door.ts'

type Row = Record<string, unknown>
type Body = { data: Row | Row[]; meta?: { filter_count: number } }

const LEAD = 'id,name,email,phone,company,source,status,score,created_at,updated_at'
const ASSET =
  'id,name,asset_type,serial_number,model,manufacturer,hostname,ip_address,mac_address,location,notes,is_active,created_at,updated_at'
const INVOICE = 'id,number,status,currency,total,issued_on,due_on'
const CLIENT = 'client_id.id,client_id.name,client_id.email'
const LINES = 'lines.id,lines.position,lines.description,lines.quantity,lines.unit_price,lines.amount'
const NEWEST = 'sort=-created_at,-id'

/** The routes that Directus makes for every collection. */
export const directus: Door = {
  request(workload, { assetId }) {
    if (workload === 'W4') return undefined
    if (workload === 'W1')
      return { method: 'GET', path: `/items/lead?fields=${LEAD}&${NEWEST}&limit=25&meta=filter_count` }
    if (workload === 'W2') return { method: 'GET', path: `/items/asset/${assetId}?fields=${ASSET}` }
    if (workload === 'W3') {
      const fields = `${INVOICE},${CLIENT},${LINES}`
      return { method: 'GET', path: `/items/invoice?fields=${fields}&deep[lines][_sort]=position&${NEWEST}&limit=25` }
    }
    const found = 'filter[search_text][_contains]=switch'
    return {
      method: 'GET',
      path: `/items/asset?fields=${ASSET}&${found}&${NEWEST}&limit=50&page=2&meta=filter_count`,
    }
  },
  value(workload, body) {
    const { data, meta } = body as Body
    if (workload === 'W2') return data
    const nodes = data as Row[]
    if (workload === 'W3') return nodes.map((invoice) => ({ ...invoice, client: invoice.client_id }))
    return { totalCount: meta?.filter_count, nodes }
  },
}
