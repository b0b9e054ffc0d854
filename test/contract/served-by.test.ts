import { beforeAll, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
let key = ''
beforeAll(async () => {
  key = (await minted(server)).token
})

const asking = { 'X-Debug': '1' }

async function servedBy(path: string, asked: { method?: string; body?: unknown; headers?: Record<string, string> }) {
  const { headers } = await server.request(path, { headers: asking, ...asked, key })
  return headers.get('x-served-by')
}
const graph = (query: string, headers?: Record<string, string>) =>
  servedBy('/graphql', { method: 'POST', body: { query }, ...(headers && { headers }) })

it('an answer says which way it came, to whoever asks', async () => {
  expect(await graph('{ leads(first: 2) { totalCount nodes { name } } }')).toBe('statement')
  expect(await graph('{ me { name } }')).toBe('executor')
  expect(await graph('{ leads(first: 2) { totalCount } }', {})).toBeNull()
})

it('REST says it too, of reads and of changes', async () => {
  expect(await servedBy('/api/v1/leads?limit=2', {})).toBe('statement')
  expect(await servedBy('/api/v1/me', {})).toBe('executor')
  expect(await servedBy('/api/v1/leads?limit=2', { headers: {} })).toBeNull()
  expect(await servedBy('/api/v1/leads', { method: 'POST', body: { name: 'Ada' } })).toBe('statement')
})
