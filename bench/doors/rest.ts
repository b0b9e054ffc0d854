import type { Door } from './door.ts'

type Body = { count?: number; data?: unknown[]; results?: unknown[] }

/** This product's documented routes. They show what their documents say, which is more than the other peers are asked for. */
export const rest: Door = {
  request(workload, { assetId, asset }) {
    const { name, assetType: asset_type, serialNumber: serial_number, location, notes } = asset
    if (workload === 'W1') return { method: 'GET', path: '/api/v1/leads?limit=25' }
    if (workload === 'W2') return { method: 'GET', path: `/api/assets/${assetId}/` }
    if (workload === 'W3') return undefined
    if (workload === 'W4')
      return { method: 'POST', path: '/api/assets/', body: { name, asset_type, serial_number, location, notes } }
    return { method: 'GET', path: '/api/assets/?search=switch&ordering=-created_at&page=2&page_size=50' }
  },
  value(workload, body) {
    if (workload === 'W2' || workload === 'W4') return body
    const { count, data, results } = body as Body
    return { totalCount: count, nodes: data ?? results }
  },
}
