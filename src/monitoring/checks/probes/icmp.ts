import type { Ping } from '../ping.ts'
import { type Means, type Probe, placeOf, type Seen, timed } from '../probe.ts'

/** Ports that many hosts answer on; a refusal is an answer as well. */
const PORTS = [443, 80, 22]

const isRefusal = (error: unknown): boolean =>
  ((error as Error).cause as { code?: string } | undefined)?.code === 'ECONNREFUSED'

async function answers(host: string, port: number, { outbound, timeoutMs, signal }: Means): Promise<string> {
  const via = `tcp:${port}`
  try {
    const socket = await outbound.connect({ host, port, timeoutMs, signal })
    socket.destroy()
    return via
  } catch (error) {
    if (isRefusal(error)) return via
    throw error
  }
}

async function byTcp(host: string, means: Means): Promise<Seen> {
  const asked = timed(() => Promise.any(PORTS.map((port) => answers(host, port, means))))
  const found = await asked.catch(() => undefined)
  if (found) return { via: found.value, responseTimeMs: found.responseTimeMs }
  return { via: 'tcp', fault: `It answered neither on port ${PORTS.join(' nor on ')}; this server cannot ping.` }
}

/** Whether a host answers at all: by ping, or where this machine cannot ping, by the first of a few ports. */
export const icmp =
  (ping: Ping): Probe =>
  async (wish, means) => {
    const { host } = placeOf(wish)
    const { outbound, timeoutMs, signal } = means
    const [first] = await outbound.addresses({ host, timeoutMs, signal })
    const took = await ping(first!.address, timeoutMs, signal)
    if (took === 'unable') return byTcp(first!.address, means)
    if (took === undefined) return { via: 'ping', fault: 'It did not answer a ping.' }
    return { via: 'ping', responseTimeMs: Math.round(took) }
  }
