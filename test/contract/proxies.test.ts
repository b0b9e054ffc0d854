import { describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const open = testServer()
const proxied = testServer({ OPSGRAPH_TRUSTED_PROXIES: '127.0.0.0/8, 10.0.0.0/8' })
const TOKEN = 'a-token-for-prometheus'
const measured = testServer({ OPSGRAPH_METRICS_TOKEN: TOKEN })
const production = testServer({ NODE_ENV: 'production', OPSGRAPH_CLOCK: '' })

describe('X-Forwarded-For', () => {
  const from = async (server: typeof open, forwarded: string) => {
    const { token } = await minted(server, { allowedCidrs: ['203.0.113.7'] })
    const answer = await server.request('/api/v1/me', { key: token, headers: { 'x-forwarded-for': forwarded } })
    return answer.status
  }

  it('is not believed from anybody', async () => {
    expect(await from(open, '203.0.113.7')).toBe(401)
  })

  it.each([
    ['203.0.113.7', 200],
    ['10.1.1.1, 203.0.113.7, 10.2.2.2', 200],
    ['203.0.113.7, 198.51.100.1', 401],
    ['::ffff:203.0.113.7', 200],
    ['198.51.100.1', 401],
    ['nonsense', 401],
    ['', 401],
  ])('from a trusted proxy, %j: the nearest address that is not a proxy counts', async (forwarded, status) => {
    expect(await from(proxied, forwarded)).toBe(status)
  })

  it('several of them are one list', async () => {
    const { token } = await minted(proxied, { allowedCidrs: ['203.0.113.7'] })
    const headers = new Headers([
      ['x-forwarded-for', '198.51.100.9'],
      ['x-forwarded-for', '203.0.113.7'],
      ['authorization', `Bearer ${token}`],
    ])
    expect((await fetch(`${proxied.url}/api/v1/me`, { headers })).status).toBe(200)
  })

  it('the host and scheme that a proxy names are those of links', async () => {
    const { token: key } = await minted(proxied, { family: 'clientst0r' })
    const headers = { 'x-forwarded-host': 'ops.example.com', 'x-forwarded-proto': 'https' }
    const { json } = await proxied.request('/api/assets/', { key, headers })
    expect(json.next).toBe('https://ops.example.com/api/assets/?page=2')
    const { token } = await minted(open, { family: 'clientst0r' })
    expect((await open.request('/api/assets/', { key: token, headers })).json.next).toBe(
      `${open.url}/api/assets/?page=2`,
    )
  })

  it('a request id is kept from a proxy only', async () => {
    const headers = { 'x-request-id': 'trace-12345678' }
    expect((await proxied.request('/livez', { headers })).headers.get('x-request-id')).toBe('trace-12345678')
    expect((await open.request('/livez', { headers })).headers.get('x-request-id')).not.toBe('trace-12345678')
    const strange = await proxied.request('/livez', { headers: { 'x-request-id': 'a b\tc' } })
    expect(strange.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
  })
})

describe('/metrics', () => {
  it('is for this machine where no token is set', async () => {
    const { status, headers, text } = await open.request('/metrics')
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/plain/)])
    expect(text).toContain('opsgraph_request_duration_seconds_bucket')
    expect(text).toMatch(/^opsgraph_waiting\{what="deliveries"\} \d+$/m)
  })

  it.each(['x-forwarded-for', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via'])(
    'is not for those whom a proxy stands before, trusted or not: %s',
    async (name) => {
      const headers = { [name]: '127.0.0.1' }
      expect((await open.request('/metrics', { headers })).status).toBe(403)
      expect((await proxied.request('/metrics', { headers })).status).toBe(403)
    },
  )

  it('is for nobody in production until a token is set, and says how', async () => {
    const { status, json } = await production.request('/metrics')
    expect([status, json.error]).toEqual([403, expect.stringContaining('Set OPSGRAPH_METRICS_TOKEN to 16 characters')])
  })

  it('is for the bearer of the token where one is set, and for nobody else', async () => {
    expect((await measured.request('/metrics')).status).toBe(403)
    expect((await measured.request('/metrics', { key: `${TOKEN}x` })).status).toBe(403)
    expect((await measured.request('/metrics', { key: (await minted(measured)).token })).status).toBe(403)
    expect((await measured.request('/metrics', { key: TOKEN })).status).toBe(200)
  })
})
