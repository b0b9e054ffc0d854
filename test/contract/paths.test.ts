import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'
import { raw } from './raw.ts'

const server = testServer()
let key = ''
beforeAll(async () => {
  key = (await minted(server)).token
})

const head = (line: string, ...headers: string[]) => [`${line} HTTP/1.1`, ...headers, '', ''].join('\r\n')
const bearer = () => `Authorization: Bearer ${key}`
const alive = async () => expect((await server.request('/api/v1/me', { key })).status).toBe(200)

describe('paths', () => {
  it.each([
    ['/api/v1/nothing', ['error', 'code', 'requestId']],
    ['/api/v1/leads/1/nothing', ['error']],
    ['/api/v1/users/1/nothing', ['success', 'data', 'meta', 'error']],
    ['/api/nothing/', ['detail']],
    ['/api/v1/assets/1/nothing', ['detail']],
  ])('%s is unknown in the words of its owner, to callers and to strangers', async (path, keys) => {
    for (const as of [key, undefined]) {
      const { status, json } = await server.request(path, { key: as })
      expect([status, Object.keys(json)]).toEqual([404, keys])
    }
  })

  it.each(['/webhook', '/webhook/1', '/api/webhook', '/api/v1/webhook', '/api/v1/swagger', '/api/v1/openapi.json'])(
    'what the REST library would mount at %s does not exist',
    async (path) => {
      for (const method of ['GET', 'POST', 'DELETE'])
        expect([method, (await server.request(path, { method, key })).status]).toEqual([method, 404])
    },
  )

  it.each([
    '/api/v1/%6De',
    '/api/v1/../v1/me',
    '/api//v1/me',
    '/api/v1/me/../hr',
    '/API/V1/ME',
    '/api/v1/me%00',
    '/api/v1/%',
    '/api/assets/%ff/',
    '//api/v1/me',
  ])('%s is no other way to a route', async (path) => {
    const { status, body } = await raw(server.url, head(`GET ${path}`, 'Host: a'))
    expect([400, 401, 404]).toContain(status)
    expect(body).not.toContain('keyId')
    await alive()
  })

  it('an absolute address in the request line is answered as a path or refused', async () => {
    const { status } = await raw(server.url, head('GET http://a.example/api/v1/nothing', 'Host: a', bearer()))
    expect([400, 404]).toContain(status)
  })

  it.each(['CONNECT', 'TRACE', 'PROPFIND', 'PURGE'])('%s is not a method of ours', async (method) => {
    const { status } = await raw(server.url, head(`${method} /api/v1/me`, 'Host: a', bearer()))
    expect([0, 400, 405]).toContain(status)
    await alive()
  })

  it('the documents and their reference are for everybody', async () => {
    for (const dialect of ['dashboard', 'devsphere', 'clientst0r', 'baserdb']) {
      const { status, json, headers } = await server.request(`/openapi/${dialect}.json`)
      expect([status, json.openapi]).toEqual([200, expect.stringMatching(/^3\./)])
      const again = await server.request(`/openapi/${dialect}.json`, {
        headers: { 'if-none-match': headers.get('etag') ?? '' },
      })
      expect(again.status).toBe(304)
    }
    const write = await server.request('/reference', { method: 'POST', body: {} })
    expect([write.status, write.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
    const page = await server.request('/reference')
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.text).not.toMatch(/(src|href)="(https?:)?\/\//)
  })

  it('/livez and /readyz answer everybody', async () => {
    expect(await server.request('/livez')).toMatchObject({ status: 200, json: { status: 'alive' } })
    expect(await server.request('/readyz')).toMatchObject({ status: 200, json: { status: 'ready' } })
  })
})
