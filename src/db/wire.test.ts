import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, it } from 'vitest'
import { wire } from './wire.ts'

it('what several connections read at once stays as it was sent, for as long as somebody keeps it', async () => {
  const sent = Array.from({ length: 8 }, (_, nth) => randomBytes(1 + nth * 100_003))
  let next = 0
  const server = createServer((socket) => socket.end(sent[next++]!)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const read = sent.map(async () => {
    const socket = wire()
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.connect(port, '127.0.0.1')
    await once(socket, 'close')
    return Buffer.concat(chunks)
  })
  const heard = await Promise.all(read)
  server.close()
  const lengths = (all: Buffer[]) => all.toSorted((a, b) => a.length - b.length)
  expect(lengths(heard).map((bytes, at) => bytes.equals(lengths(sent)[at]!))).toEqual(sent.map(() => true))
})

it('reads nothing while it is paused', async () => {
  const server = createServer((socket) => socket.end(randomBytes(500_000))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = wire()
  let heard = 0
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.length
    socket.pause()
    const so = heard
    setImmediate(() => {
      expect(heard).toBe(so)
      socket.resume()
    })
  })
  socket.connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'close')
  server.close()
  expect(heard).toBe(500_000)
})
