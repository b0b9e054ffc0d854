import { beforeAll, expect, it } from 'vitest'
import { type Answer, testServer } from '../kit/server.ts'
import { minted } from './minted.ts'
import { filled, type Route, routesOf } from './routes.ts'

const server = testServer()
let routes: Route[] = []
let key = ''
beforeAll(async () => {
  routes = await routesOf(server)
  key = (await minted(server)).token
})

const ask = (method: string, path: string) => server.request(path, { method, key })
const reads = () => routes.filter(({ method }) => method === 'GET').map(({ path }) => filled(path))
const toggled = (path: string) => (path.endsWith('/') ? path.slice(0, -1) : `${path}/`)

/** What an answer says beside what differs between any two requests. */
const lasting = ({ status, headers, text }: Answer) => {
  const id = headers.get('x-request-id') ?? ''
  return {
    status,
    type: headers.get('content-type'),
    text: text.replaceAll(id, '…').replaceAll(/"uptime_seconds":\d+/g, ''),
  }
}

it('every documented route is served: none is unknown, and none knows another method', async () => {
  const methods = Map.groupBy(routes, ({ path }) => path)
  expect(methods.size).toBeGreaterThan(20)
  for (const [path, documented] of methods) {
    const { status, headers, text } = await server.request(filled(path), { method: 'OPTIONS' })
    expect([path, status, text]).toEqual([path, 204, ''])
    const names = documented.map(({ method }) => method)
    const all = [...names, ...(names.includes('GET') ? ['HEAD'] : []), 'OPTIONS']
    expect([path, headers.get('allow')?.split(', ').toSorted()]).toEqual([path, all.toSorted()])
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((each) => !names.includes(each))) {
      const answer = await ask(method, filled(path))
      expect([method, path, answer.status, answer.headers.get('allow')]).toEqual([
        method,
        path,
        405,
        headers.get('allow'),
      ])
    }
  }
})

it('HEAD is GET without its body, everywhere', async () => {
  for (const path of reads()) {
    const [head, full] = [await ask('HEAD', path), await ask('GET', path)]
    expect([path, head.status, head.text]).toEqual([path, full.status, ''])
    for (const name of ['content-type', 'etag', 'cache-control', 'content-disposition'])
      expect([path, name, head.headers.get(name)]).toEqual([path, name, full.headers.get(name)])
  }
})

it('both slash forms answer alike and directly, everywhere', async () => {
  for (const path of reads()) {
    const [one, other] = [lasting(await ask('GET', path)), lasting(await ask('GET', toggled(path)))]
    const here = (text: string) => text.replaceAll(/"(next|previous)":"[^"]*"/g, '')
    expect([path, { ...other, text: here(other.text) }]).toEqual([path, { ...one, text: here(one.text) }])
  }
})

it('a parameter that no route takes is refused everywhere, and the answer names those that it takes', async () => {
  for (const { path, operation, dialect } of routes.filter(
    ({ method, path }) => method === 'GET' && path !== '/api/',
  )) {
    const { status, text } = await ask('GET', `${filled(path)}?nobody_takes_this=1`)
    const names = (operation.parameters ?? []).filter((each: { in: string }) => each.in === 'query')
    expect([path, dialect, status]).toEqual([path, dialect, 400])
    expect(text).toContain('nobody_takes_this')
    // The rows of a table are narrowed by its own columns: those are what is named.
    const open = names.some((each: { explode?: boolean }) => each.explode)
    if (!open) for (const { name } of names) expect([path, text.includes(name)]).toEqual([path, true])
  }
})

it('every route but the public ones asks a stranger for a credential', async () => {
  const open: string[] = []
  for (const { method, path } of routes) {
    const { status } = await server.request(filled(path), {
      method,
      ...(method !== 'GET' && method !== 'DELETE' && { body: {} }),
    })
    if (status !== 401) open.push(`${method} ${path}`)
  }
  expect(open.filter((route) => !/ \/api\/(|healthz|v1\/auth\/(login|refresh|accept-invite))$/.test(route))).toEqual([])
})
