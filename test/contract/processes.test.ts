import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Launched, onDatabase, serve } from '../crash/launch.ts'
import { NOON } from '../kit/app.ts'
import { testServer } from '../kit/server.ts'
import { BROWSER, signedIn } from '../kit/visitor.ts'
import { minted } from './minted.ts'

const server = testServer()
let other: Launched
let folder = ''
let admin = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opsgraph-other-'))
  const more = { LOG_LEVEL: 'trace', OPSGRAPH_CLOCK: NOON }
  other = await serve(onDatabase(server.app.databaseUrl, folder, more))
  admin = (await minted(server)).token
})
afterAll(async () => {
  await other?.end('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

const there = async (path: string, token: string, init: RequestInit = {}) => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const { status } = await fetch(other.url + path, { ...init, headers })
  return status
}

describe('another process on the same database', () => {
  it('refuses a key as soon as it is revoked here', async () => {
    const { id, token } = await minted(server)
    expect(await there('/api/v1/me', token)).toBe(200)
    await server.graphql('mutation ($id: ID!) { revokeApiKey(id: $id) { id } }', { id }, admin)
    expect(await there('/api/v1/me', token)).toBe(401)
  })

  it('believes who signed in here, until they sign out or are disabled', async () => {
    const [{ email, password } = expect.fail('there is an admin')] = server.demo.organizations[0]!.users.filter(
      ({ role }) => role === 'admin',
    )
    const signedIn = async (): Promise<string> => {
      const answer = await server.request('/api/v1/auth/login', { method: 'POST', body: { email, password } })
      return answer.json.data.access_token
    }
    const [first, second] = [await signedIn(), await signedIn()]
    for (const token of [first, second]) expect(await there('/api/v1/leads', token)).toBe(200)
    await server.request('/api/v1/auth/logout', { method: 'POST', key: first })
    expect(await there('/api/v1/leads', first)).toBe(401)
    const { id } = (await server.request('/api/v1/auth/me', { key: second })).json.data.user
    const body = { status: 'disabled' }
    expect((await server.request(`/api/v1/users/${id}`, { method: 'PATCH', key: admin, body })).status).toBe(200)
    expect(await there('/api/v1/leads', second)).toBe(403)
  })

  it('knows a browser that signed in here, until the key is revoked', async () => {
    const { id, token } = await minted(server)
    const { cookie } = await signedIn(server, token)
    const page = async () => (await fetch(`${other.url}/api/assets/`, { headers: { accept: BROWSER, cookie } })).status
    expect(await page()).toBe(200)
    await server.graphql('mutation ($id: ID!) { revokeApiKey(id: $id) { id } }', { id }, admin)
    expect(await page()).toBe(401)
  })

  it('says a line for each request, and never a secret', async () => {
    const keys = await Promise.all([minted(server), minted(server, { family: 'devsphere', scopes: ['leads:read'] })])
    const secrets = [...keys.map(({ token }) => token), 'dsk_wrongwrongwrongwrongwrongwrongwrongwrong', 'sesame-open']
    for (const token of secrets) {
      await there(`/api/v1/me?key=${token}`, token)
      await there('/api/v1/leads', token, {
        method: 'POST',
        body: JSON.stringify({ name: token, password: 'sesame-open' }),
      })
      await there('/graphql', token, {
        method: 'POST',
        body: JSON.stringify({ query: `{ leads(search: "${token}") { totalCount } }` }),
      })
      await there('/graphql', token, { method: 'POST', body: `{"query": "${token}` })
    }
    const { out, err } = await other.end('SIGTERM')
    const lines = out.split('\n').filter((line) => line.includes('"requestId"'))
    expect(lines.length).toBeGreaterThanOrEqual(16)
    for (const secret of secrets) {
      expect(out).not.toContain(secret)
      expect(err).not.toContain(secret)
    }
  })
})
