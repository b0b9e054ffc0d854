import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export type Received = { from: string; to: string[]; text: string; user: string | undefined; secure: boolean }

export type MailServer = AsyncDisposable & { port: number; received: Received[] }

const ADA = { user: 'ada', pass: 'correct horse' }
export const CREDENTIALS = 'ada:correct%20horse'

/** A mail server that takes what an authenticated user sends, and keeps it. */
export async function mailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: Received[] = []
  const server = new SMTPServer({
    // Without a certificate of ours it would offer one of its own, which nobody trusts.
    disabledCommands: options.secure ? [] : ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) =>
      username === ADA.user && password === ADA.pass
        ? done(null, { user: ADA.user })
        : done(new Error('Wrong password.')),
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith('unknown') ? done(new Error('There is no such mailbox.')) : done(),
    onData: (stream, { envelope, user, secure }, done) => {
      text(stream).then((whole) => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : ''
        received.push({ from, to: envelope.rcptTo.map(({ address }) => address), text: whole, user, secure })
        done()
      }, done)
    },
    ...options,
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return { port, received, [Symbol.asyncDispose]: close }
}
