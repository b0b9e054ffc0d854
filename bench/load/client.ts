import { connect, type Socket } from 'node:net'

export type Job = { port: number; requests: string[]; connections: number; warmup: number; seconds: number }
export type Load = {
  requests: number
  rps: number
  p50: number
  p99: number
  errors: Record<string, number>
  cpu: number
}

const CHUNKED_END = Buffer.from('0\r\n\r\n')
const MOST_SAMPLES = 4_000_000
/** A GraphQL error hides behind status 200. */
const FAILURES = ['{"errors"', '{"data":null'].map((text) => Buffer.from(text))
const FAILED = 599
const RECONNECT_MS = 50

type Answered = (status: number) => void

/** Calls back once per answer: reads the status and the length, and counts the rest. */
function reader(answered: Answered): (chunk: Buffer) => void {
  let head: Buffer | undefined
  let status = 0
  let left = 0
  let chunked = false
  const finish = () => {
    left = 0
    chunked = false
    answered(status)
  }
  const body = (chunk: Buffer) => {
    if (chunked) {
      if (chunk.subarray(-CHUNKED_END.length).equals(CHUNKED_END)) finish()
      return
    }
    left -= chunk.length
    if (left <= 0) finish()
  }
  return (chunk) => {
    if (left > 0 || chunked) return body(chunk)
    const start: Buffer = head ? Buffer.concat([head, chunk]) : chunk
    const end = start.indexOf('\r\n\r\n')
    head = end < 0 ? start : undefined
    if (end < 0) return
    const text = start.toString('latin1', 0, end)
    status = Number(text.slice(9, 12))
    chunked = /\r\ntransfer-encoding: *chunked/i.test(text)
    left = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0)
    const first = start.subarray(end + 4)
    if (FAILURES.some((failure) => first.subarray(0, failure.length).equals(failure))) status = FAILED
    body(first)
  }
}

/** Sends the next request whenever the one before was answered; one at a time per connection. */
export class Client {
  private readonly requests: Buffer[]
  private readonly samples = new Uint32Array(MOST_SAMPLES)
  private sockets: Socket[] = []
  private next = 0
  private taken = 0
  private readonly errors: Record<string, number> = {}
  private measuring = false
  private running = true
  private readonly job: Job

  constructor(job: Job) {
    this.job = job
    this.requests = job.requests.map((text) => Buffer.from(text))
  }

  private open(index: number): void {
    const socket = connect({ port: this.job.port, host: '127.0.0.1', noDelay: true })
    let sent = 0
    const send = () => {
      sent = performance.now()
      socket.write(this.requests[this.next++ % this.requests.length]!)
    }
    const read = reader((status) => {
      if (status < 200 || status > 299) this.failed(`status ${status}`)
      else if (this.measuring && this.taken < MOST_SAMPLES)
        this.samples[this.taken++] = (performance.now() - sent) * 1000
      if (this.running) send()
    })
    socket.on('connect', send).on('data', read)
    socket.on('error', () => {})
    socket.on('close', () => this.running && this.lost(index))
    this.sockets[index] = socket
  }

  private failed(how: string): void {
    this.errors[how] = (this.errors[how] ?? 0) + 1
  }

  private lost(index: number): void {
    this.failed('connection lost')
    setTimeout(() => this.open(index), RECONNECT_MS)
  }

  async run(): Promise<Load> {
    const pause = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000))
    for (let index = 0; index < this.job.connections; index += 1) this.open(index)
    await pause(this.job.warmup)
    const [from, used] = [performance.now(), process.cpuUsage()]
    this.measuring = true
    await pause(this.job.seconds)
    this.measuring = false
    const [elapsed, spent] = [performance.now() - from, process.cpuUsage(used)]
    this.running = false
    for (const socket of this.sockets) socket.destroy()
    return this.summary(elapsed, spent.user + spent.system)
  }

  private summary(elapsed: number, cpuMicroseconds: number): Load {
    const sorted = this.samples.subarray(0, this.taken).sort()
    const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / 1000
    return {
      requests: this.taken,
      rps: (this.taken / elapsed) * 1000,
      p50: at(0.5),
      p99: at(0.99),
      errors: this.errors,
      cpu: cpuMicroseconds / 1000 / elapsed,
    }
  }
}
