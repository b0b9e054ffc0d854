import { expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()

const LOG = `{ requestLog(first: 5) { totalCount nodes { method path dialect operation status cost address apiKeyId at } } }`

it('an organization reads what its keys asked, by route and by operation, and nobody else does', async () => {
  const key = await minted(server, { family: 'dashboard', isAdmin: true })
  await server.request('/api/v1/droplets', { key: key.token })
  await server.graphql('query Names { apps(first: 1) { nodes { name } } }', {}, key.token)
  await server.app.usage.flush()
  const { nodes } = (await server.graphql(LOG, {}, key.token)).json.data.requestLog
  const own = nodes.filter(({ apiKeyId }: { apiKeyId: string }) => apiKeyId === String(key.id))
  expect(
    own.map(({ path, dialect, operation, status }: Record<string, unknown>) => [path, dialect, operation, status]),
  ).toEqual([
    ['/graphql', null, 'Names', 200],
    ['/api/v1/droplets', 'dashboard', null, 200],
  ])
  const other = (await server.graphql(LOG, {}, server.key('dashboard', 1))).json.data.requestLog
  expect(JSON.stringify(other)).not.toContain('/api/v1/droplets')
})
