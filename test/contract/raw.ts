import { connect } from 'node:net'

export type RawAnswer = { status: number; head: string; body: string; answers: number; open: boolean }

const parse = (text: string, open: boolean): RawAnswer => {
  const end = text.indexOf('\r\n\r\n')
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0),
    head: text.slice(0, Math.max(end, 0)),
    body: end === -1 ? '' : text.slice(end + 4),
    answers: text.match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0,
    open,
  }
}

/** Bytes as they are, and whatever comes back until the server closes or has been silent for a while. */
export function raw(url: string, bytes: string | readonly string[], silence = 300): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let text = ''
    const socket = connect({ host: hostname, port: Number(port) })
    const done = (open: boolean) => {
      socket.destroy()
      resolve(parse(text, open))
    }
    socket.setTimeout(silence, () => done(true))
    socket.on('data', (data) => {
      text += data.toString('latin1')
    })
    socket.on('close', () => done(false))
    socket.on('error', () => done(false))
    socket.on('connect', () => {
      for (const part of typeof bytes === 'string' ? [bytes] : bytes) socket.write(part, 'latin1')
    })
  })
}
