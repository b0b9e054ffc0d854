import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'
import { raw } from './raw.ts'

const server = testServer()
const MIB = 1024 * 1024
let key = ''
beforeAll(async () => {
  key = (await minted(server)).token
  // What the first request of an API loads would be taken for silence.
  await alive()
})

const head = (line: string, ...headers: string[]) => [`${line} HTTP/1.1`, ...headers, '', ''].join('\r\n')
const bearer = () => `Authorization: Bearer ${key}`
const alive = async () => expect((await server.request('/api/v1/me', { key })).status).toBe(200)

describe('Host', () => {
  it.each([
    ['two of them', ['Host: a.example', 'Host: b.example']],
    ['the same twice', ['Host: a.example', 'host: a.example']],
    ['none', []],
    ['a strange one', ['Host: a.example/path']],
    ['one with a space', ['Host: a b']],
    ['an empty one', ['Host:']],
  ])('%s is refused', async (_what, hosts) => {
    const { status, head: answered, open } = await raw(server.url, head('GET /api/v1/me', ...hosts, bearer()))
    expect([status, open]).toEqual([400, false])
    expect(answered).toMatch(/\r\nX-Request-Id: [\w-]{36}/i)
  })

  it.each(['a.example', 'a.example:4000', '127.0.0.1', '[::1]:4000'])('%s is taken', async (host) => {
    expect((await raw(server.url, head('GET /api/v1/me', `Host: ${host}`, bearer()))).status).toBe(200)
  })
})

describe('a request that two readers could cut differently', () => {
  const post = (...more: string[]) =>
    head('POST /api/v1/leads', 'Host: a', bearer(), 'Content-Type: application/json', ...more)
  const smuggled = head('GET /api/v1/hr', 'Host: a', bearer())

  it.each([
    ['length and chunks', post('Content-Length: 4', 'Transfer-Encoding: chunked'), `0\r\n\r\n${smuggled}`],
    ['two lengths', post('Content-Length: 2', 'Content-Length: 200'), `{}${smuggled}`],
    ['a signed length', post('Content-Length: +2'), `{}${smuggled}`],
    ['a hexadecimal length', post('Content-Length: 0x2'), `{}${smuggled}`],
    ['an encoding after chunks', post('Transfer-Encoding: chunked, identity'), `0\r\n\r\n${smuggled}`],
    ['a strange encoding', post('Transfer-Encoding: xchunked'), `0\r\n\r\n${smuggled}`],
    ['a blank before the colon', post('Transfer-Encoding : chunked'), `0\r\n\r\n${smuggled}`],
    ['a folded header', post('X-A: b\r\n c'), `{}${smuggled}`],
    ['a chunk without a size', post('Transfer-Encoding: chunked'), `zz\r\n{}\r\n0\r\n\r\n${smuggled}`],
    ['a chunk longer than it says', post('Transfer-Encoding: chunked'), `1\r\n{}\r\n0\r\n\r\n${smuggled}`],
  ])('%s: is refused, and what follows is not answered', async (_what, request, body) => {
    const { status, answers, open } = await raw(server.url, request + body)
    expect(status === 0 || status === 400).toBe(true)
    expect(answers).toBeLessThanOrEqual(1)
    expect(open).toBe(false)
    await alive()
  })

  it('bare line feeds end no header', async () => {
    const { status } = await raw(server.url, `GET /api/v1/me HTTP/1.1\nHost: a\n${bearer()}\n\n`)
    expect(status).toBe(400)
  })

  it.each([
    ['NUL in a header', head('GET /api/v1/me', 'Host: a', 'X-A: b\0c')],
    ['a header of 20 KiB', head('GET /api/v1/me', 'Host: a', `X-A: ${'b'.repeat(20 * 1024)}`)],
    ['too many headers', head('GET /api/v1/me', 'Host: a', ...Array.from({ length: 3000 }, (_, i) => `X-${i}: yy`))],
    ['a path of 20 KiB', head(`GET /${'p'.repeat(20 * 1024)}`, 'Host: a')],
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['another version', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n'],
  ])('%s is refused', async (_what, request) => {
    const { status, open } = await raw(server.url, request)
    expect([400, 431, 505]).toContain(status)
    expect(open).toBe(false)
    await alive()
  })
})

describe('a slow caller', () => {
  it('that never ends its headers is cut off, while others are served', async () => {
    const slow = raw(server.url, 'GET /api/v1/me HTTP/1.1\r\nHost: a\r\nX-A: b', 15_000)
    await alive()
    const { status, open } = await slow
    expect([status, open]).toEqual([408, false])
  }, 45_000)
})

describe('a body', () => {
  const large = ' '.repeat(MIB + 1)
  const DIALECTS: [string, (id: string) => object][] = [
    ['/api/v1/leads', () => ({ error: 'payload_too_large' })],
    ['/api/assets/', () => ({ detail: expect.any(String) })],
    ['/graphql', () => ({ errors: [expect.objectContaining({ message: expect.any(String) })] })],
  ]

  it.each(DIALECTS)('above 1 MiB is refused at %s, announced or not', async (path, shape) => {
    const announced = await server.request(path, { method: 'POST', key, body: large })
    expect([announced.status, announced.json]).toEqual([413, shape('')])
    const chunk = large.slice(0, MIB / 4)
    const chunks = Array.from({ length: 5 }, () => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
    const start = head(
      `POST ${path}`,
      'Host: a',
      bearer(),
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
    )
    const next = head('GET /livez', 'Host: a', 'Connection: close')
    const { status, answers } = await raw(server.url, [start, ...chunks, '0\r\n\r\n', next], 2000)
    expect([status, answers]).toEqual([413, 2])
    await alive()
  })

  it('announced as larger is refused before it is sent', async () => {
    const start = head(
      'POST /api/v1/leads',
      'Host: a',
      bearer(),
      'Content-Type: application/json',
      `Content-Length: ${100 * MIB}`,
    )
    expect((await raw(server.url, start)).status).toBe(413)
  })

  it('of exactly 1 MiB is read', async () => {
    const body = `{"name":"x"${' '.repeat(MIB - 12)}}`
    expect(Buffer.byteLength(body)).toBe(MIB)
    expect((await server.request('/api/v1/leads', { method: 'POST', key, body })).status).toBe(201)
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    '',
  ])('of the type %j is refused', async (type) => {
    for (const path of ['/api/v1/leads', '/api/assets/']) {
      const { status } = await server.request(path, {
        ...{ method: 'POST', key, body: '{"name":"x"}', headers: { 'content-type': type } },
      })
      expect([path, status]).toEqual([path, 415])
    }
  })

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/json;charset=UTF-8',
  ])('of the type %j is read', async (type) => {
    const headers = { 'content-type': type }
    expect((await server.request('/api/v1/leads', { method: 'POST', key, body: '{"name":"x"}', headers })).status).toBe(
      201,
    )
  })

  it('that is no JSON, or no UTF-8, is refused', async () => {
    for (const body of ['{', "{'name':1}", '{"name":"x"} {}', '\ufeff{'])
      expect((await server.request('/api/v1/leads', { method: 'POST', key, body })).status).toBe(400)
    const bytes = '{"name":"\xff\xfe"}'
    const type = 'Content-Type: application/json'
    for (const path of ['/api/v1/leads', '/graphql']) {
      const request = head(`POST ${path}`, 'Host: a', bearer(), type, `Content-Length: ${bytes.length}`)
      expect([path, (await raw(server.url, request + bytes)).status]).toEqual([path, 400])
    }
  })

  it('cut off in the middle harms nobody', async () => {
    const request = head(
      'POST /api/v1/leads',
      'Host: a',
      bearer(),
      'Content-Type: application/json',
      'Content-Length: 50',
    )
    await raw(server.url, `${request}{"name":`)
    await alive()
  })
})
