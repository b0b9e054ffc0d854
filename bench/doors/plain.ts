import type { Door } from './door.ts'

/** The hand-written routes of peers/routes.ts. */
export const plain: Door = {
  request(workload, { assetId, asset }) {
    if (workload === 'W1') return { method: 'GET', path: '/leads?limit=25' }
    if (workload === 'W2') return { method: 'GET', path: `/assets/${assetId}` }
    if (workload === 'W3') return { method: 'GET', path: '/invoices?limit=25' }
    if (workload === 'W4') return { method: 'POST', path: '/assets', body: asset }
    return { method: 'GET', path: '/assets?search=switch&ordering=-created_at&page=2&page_size=50' }
  },
  value: (_workload, body) => body,
}
