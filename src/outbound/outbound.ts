import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { OutboundError, outboundError } from './error.ts'
import { exchange, type OutboundAnswer, type OutboundRequest, pinned } from './request.ts'
import {
  type CheckedAddress,
  checkedAddresses,
  isPrivateHost,
  NOT_PUBLIC,
  type Policy,
  systemResolve,
} from './resolve.ts'

export type OutboundOptions = Partial<Policy> & {
  /** The ports that HTTP may be spoken on; every port where private targets are allowed. */
  ports: readonly number[]
}

export type HostWish = { host: string; timeoutMs: number; signal?: AbortSignal }

/** The only way to servers that users name. Nothing else opens a connection to an address that somebody typed. */
export type Outbound = {
  /** Why this URL is never called, as a sentence about it; undefined where it may be. Asks nobody. */
  refusal(url: string): string | undefined
  /** Whether this host, or address, is private by its own words. Asks nobody. */
  hostRefusal(host: string): string | undefined
  /** Calls a URL at an address that was checked. Throws an OutboundError. */
  request(wish: OutboundRequest): Promise<OutboundAnswer>
  /** The checked addresses of a host, for whoever speaks something else than HTTP or TCP. Throws an OutboundError. */
  addresses(wish: HostWish): Promise<CheckedAddress[]>
  /** A TCP connection to a checked address. Throws an OutboundError. */
  connect(wish: HostWish & { port: number }): Promise<Socket>
}

const DEFAULT_PORT: Record<string, number> = { 'http:': 80, 'https:': 443 }

type Bounded = { timeoutMs: number; signal?: AbortSignal }

/** Work that is given up in time; what it fails with then is that, whatever it says itself. */
async function told<T>({ timeoutMs, signal: given }: Bounded, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(given ? [given] : [])])
  try {
    return await work(signal)
  } catch (error) {
    throw outboundError(signal.aborted ? signal.reason : error)
  }
}

function urlRefusal(text: string, allowPrivate: boolean, ports: readonly number[]): string | undefined {
  const url = URL.parse(text)
  const usual = DEFAULT_PORT[url?.protocol ?? '']
  if (!url || !usual) return 'must be an address that starts with http:// or https://.'
  if (url.username || url.password) return 'must not hold a user name or a password.'
  if (allowPrivate) return undefined
  if (isPrivateHost(url.hostname)) return NOT_PUBLIC
  return ports.includes(Number(url.port) || usual) ? undefined : `must use one of the ports ${ports.join(', ')}.`
}

/** Whatever does not heed the signal by itself is not waited for. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', stop))
}

async function opened(addresses: readonly CheckedAddress[], host: string, port: number, signal: AbortSignal) {
  const socket = connect({ host, port, lookup: pinned(addresses), autoSelectFamily: true })
  try {
    await once(socket, 'connect', { signal })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

export function createOutbound({ allowPrivate = false, resolve = systemResolve, ports }: OutboundOptions): Outbound {
  const policy = { allowPrivate, resolve }
  const lookedUp = (host: string, signal: AbortSignal) => within(signal, checkedAddresses(host, policy, signal))
  const request = async (wish: OutboundRequest, signal: AbortSignal) => {
    const refusal = urlRefusal(wish.url, allowPrivate, ports)
    if (refusal) throw new OutboundError(`The address ${refusal}`)
    const url = new URL(wish.url)
    return exchange(wish, url, await lookedUp(url.hostname, signal), signal)
  }
  return {
    refusal: (url) => urlRefusal(url, allowPrivate, ports),
    hostRefusal: (host) => (allowPrivate || !isPrivateHost(host) ? undefined : NOT_PUBLIC),
    request: (wish) => told(wish, (signal) => request(wish, signal)),
    addresses: (wish) => told(wish, (signal) => lookedUp(wish.host, signal)),
    connect: (wish) =>
      told(wish, async (signal) => opened(await lookedUp(wish.host, signal), wish.host, wish.port, signal)),
  }
}
