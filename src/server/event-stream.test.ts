import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { EventStream, Stalled } from './event-stream.ts'

let server: Server
let client: Socket
let res: ServerResponse

beforeEach(async () => {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>()
  server = createServer((_req, response) => resolve(response))
  await once(server.listen(0), 'listening')
  client = connect((server.address() as AddressInfo).port)
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  res = await promise
})
afterEach(() => {
  client.destroy()
  server.closeAllConnections()
  server.close()
})

const KILOBYTES_64 = 'x'.repeat(65_536)
const alive = () => {}

async function text(): Promise<string> {
  let taken = ''
  client.setEncoding('utf8').on('data', (part) => (taken += part))
  await once(client, 'close')
  return taken
}

it('what is sent has an id, an event and data; the client is told when to come back', async () => {
  const stream = new EventStream(res, { headers: { 'x-more': 'yes' }, alive })
  await stream.send('next', '{"data":1}', '42')
  stream.end('event: complete\ndata:\n\n')
  const taken = await text()
  expect(taken).toMatch(/^HTTP\/1\.1 200 OK\r\nx-more: yes\r\ncontent-type: text\/event-stream/)
  expect(taken).toContain('retry: 1000\n\n')
  expect(taken).toContain('id: 42\nevent: next\ndata: {"data":1}\n\n')
  expect(taken).toContain('event: complete\ndata:\n\n')
})

it('a client that takes nothing is sent no more than it can hold, and is given up', async () => {
  const stream = new EventStream(res, { headers: {}, alive, stalledMs: 100 })
  client.pause()
  let sent = 0
  const telling = async () => {
    for (;;) {
      await stream.send('next', KILOBYTES_64)
      sent += 1
    }
  }
  await expect(telling()).rejects.toThrow(Stalled)
  expect(sent * KILOBYTES_64.length).toBeLessThan(16_000_000)
  expect(res.writableLength).toBeLessThan(1_000_000)
  stream.end('event: next\ndata: {"errors":[]}\n\n')
  client.resume()
  expect(await text()).toContain('{"errors":[]}')
})

it('a client that takes its time is waited for', async () => {
  const stream = new EventStream(res, { headers: {}, alive, stalledMs: 5000 })
  client.pause()
  const all = (async () => {
    for (let i = 0; i < 300; i += 1) await stream.send('next', KILOBYTES_64)
    stream.end('event: complete\ndata:\n\n')
  })()
  setTimeout(() => client.resume(), 50)
  const taken = await text()
  await all
  expect(taken.length).toBeGreaterThan(300 * KILOBYTES_64.length)
  expect(taken).toContain('event: complete')
})

it('nothing is sent to a client that is gone, or after the end', async () => {
  const stream = new EventStream(res, { headers: {}, alive })
  client.destroy()
  await once(res, 'close')
  expect(stream.signal.aborted).toBe(true)
  await stream.send('next', 'x')
  stream.end()
})
