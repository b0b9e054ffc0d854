import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { CERTIFICATES, KEY } from '../../test/kit/certificates.ts'
import { CREDENTIALS, mailServer } from '../../test/kit/mail-server.ts'
import { openMail } from './open.ts'

const FROM = 'Opsgraph <opsgraph@example.com>'
const MESSAGE = { to: 'grace@example.com', subject: 'You are invited to Acme', text: 'ogi_token\n' }

/** What was warned of, and whether the message is on its way. */
async function sent(smtpUrl: string, { message = MESSAGE, patienceMs = 20_000 } = {}) {
  const warnings: { error: Error }[] = []
  const warn = (fields: object) => void warnings.push(fields as { error: Error })
  const mail = openMail({ smtpUrl, mailFrom: FROM, dataDir: '/nowhere' }, { warn }, patienceMs)
  return { isMailed: await mail.send(message), warnings }
}

const lost = ({ isMailed, warnings }: Awaited<ReturnType<typeof sent>>, why: RegExp) => {
  expect([isMailed, warnings.length]).toEqual([false, 1])
  expect(warnings[0]!.error.message).toMatch(why)
}

it('a message arrives as it was written, from an authenticated sender', async () => {
  await using server = await mailServer()
  const { isMailed, warnings } = await sent(`smtp://${CREDENTIALS}@127.0.0.1:${server.port}`)
  expect([isMailed, warnings]).toEqual([true, []])
  const [received] = server.received
  expect(received).toMatchObject({ from: 'opsgraph@example.com', to: [MESSAGE.to], user: 'ada', secure: false })
  const [head, body] = received!.text.split('\r\n\r\n')
  expect(head).toContain(`From: ${FROM}\r\n`)
  expect(head).toContain(`Subject: ${MESSAGE.subject}\r\n`)
  expect(body!.trim()).toBe('ogi_token')
})

it('a message goes over TLS where the address says so', async () => {
  await using server = await mailServer({ secure: true, key: KEY, cert: CERTIFICATES.good })
  const { isMailed } = await sent(`smtps://${CREDENTIALS}@127.0.0.1:${server.port}/?tls.rejectUnauthorized=false`)
  expect([isMailed, server.received[0]?.secure]).toEqual([true, true])
})

it('a server whose certificate nobody signed is told nothing, and the log says so', async () => {
  await using server = await mailServer({ secure: true, key: KEY, cert: CERTIFICATES.good })
  lost(await sent(`smtps://${CREDENTIALS}@127.0.0.1:${server.port}`), /certificate/)
  expect(server.received).toEqual([])
})

it('a server that wants another password, no password at all, or no such recipient is told of', async () => {
  await using server = await mailServer()
  lost(await sent(`smtp://ada:wrong@127.0.0.1:${server.port}`), /535/)
  lost(await sent(`smtp://127.0.0.1:${server.port}`), /530/)
  const message = { ...MESSAGE, to: 'unknown@example.com' }
  lost(await sent(`smtp://${CREDENTIALS}@127.0.0.1:${server.port}`, { message }), /no such mailbox/)
  expect(server.received).toEqual([])
})

it('a server that is not there, or speaks no TLS, is told of', async () => {
  const gone = await mailServer()
  await gone[Symbol.asyncDispose]()
  lost(await sent(`smtp://${CREDENTIALS}@127.0.0.1:${gone.port}`), /ECONNREFUSED/)
  await using plain = await mailServer()
  lost(await sent(`smtps://${CREDENTIALS}@127.0.0.1:${plain.port}`), /./)
})

it('a server that says nothing is waited for no longer than was meant', async () => {
  const sockets = new Set<Socket>()
  const silent = createServer((socket) => sockets.add(socket.on('error', () => {})))
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const begun = performance.now()
  lost(await sent(`smtp://127.0.0.1:${port}`, { patienceMs: 300 }), /in time|timeout/i)
  expect(performance.now() - begun).toBeLessThan(5000)
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => silent.close(resolve))
})
