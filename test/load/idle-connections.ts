import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const AT_ONCE = 200
const REQUEST = 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'

async function one(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(REQUEST)
  const [answer] = await once(socket, 'data')
  if (!String(answer).startsWith('HTTP/1.1 200')) throw new Error(`An idle connection was answered ${answer}`)
  return socket
}

/** Connections that have asked once and stay open without asking again. */
export class IdleConnections implements Disposable {
  readonly #sockets: Socket[] = []

  async open(url: string, count: number): Promise<void> {
    const port = Number(new URL(url).port)
    while (this.#sockets.length < count) {
      const wanted = Math.min(AT_ONCE, count - this.#sockets.length)
      this.#sockets.push(...(await Promise.all(Array.from({ length: wanted }, () => one(port)))))
    }
  }

  get alive(): number {
    return this.#sockets.filter((socket) => !socket.destroyed && socket.readable).length
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}
