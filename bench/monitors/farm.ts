import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'

/** Milliseconds that answers take, by the monitor that asks. */
const FASTEST = 5
const SPREAD = 145
const HASH = 2_654_435_761

const numberOf = (url: string): number => Number(/(\d+)$/.exec(url)?.[1] ?? 0)
const tookBy = (number: number): number => FASTEST + (((number * HASH) % 4_294_967_296) % SPREAD)

/** What monitors look at: /ok/7 answers in its own time, /error/7 with 500, /hang/7 never. */
const web = createServer((req, res) => {
  const url = req.url ?? ''
  if (url.startsWith('/hang/')) return
  const answer = () => res.writeHead(url.startsWith('/error/') ? 500 : 200).end('all systems go')
  setTimeout(answer, tookBy(numberOf(url)))
})
const plain = createTcpServer((socket) => socket.on('error', () => {}).resume())

for (const server of [web, plain]) {
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 })
  await once(server, 'listening')
}
const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port
process.stdout.write(`${JSON.stringify({ http: portOf(web), tcp: portOf(plain) })}\n`)
process.once('SIGTERM', () => process.exit(0))
