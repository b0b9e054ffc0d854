import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isPublic } from './address.ts'
import { OutboundError } from './error.ts'

/** Every address of a name. Asked of the name servers, not through the thread pool, which slow ones would fill. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<string[]>

const TIMEOUT_MS = 2000
const TRIES = 2

export const systemResolve: Resolve = async (host, signal) => {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES })
  const cancel = () => resolver.cancel()
  signal.addEventListener('abort', cancel)
  try {
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    if (found.length === 0) throw (answers[0] as PromiseRejectedResult).reason
    return found
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

const LOOPBACK = ['127.0.0.1', '::1']
const LOCAL_NAME = /(^|\.)localhost$/
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa)$/

const bare = (host: string): string => host.toLowerCase().replace(/^\[|\]$|\.$/g, '')

export type Policy = { allowPrivate: boolean; resolve: Resolve }

export const NOT_PUBLIC = 'must name a public host; private and reserved addresses are not called.'

/** What a host says of itself before anybody is asked for its addresses. */
export function isPrivateHost(host: string): boolean {
  const name = bare(host)
  return isIP(name) ? !isPublic(name) : PRIVATE_NAME.test(name)
}

async function resolved(name: string, resolve: Resolve, signal: AbortSignal): Promise<string[]> {
  if (isIP(name)) return [name]
  return LOCAL_NAME.test(name) ? LOOPBACK : resolve(name, signal)
}

export type CheckedAddress = { address: string; family: 4 | 6 }

/** The addresses of a host, every one of them checked: one that is not public refuses all. No answer names an address. */
export async function checkedAddresses(
  host: string,
  { allowPrivate, resolve }: Policy,
  signal: AbortSignal,
): Promise<CheckedAddress[]> {
  if (!allowPrivate && isPrivateHost(host)) throw new OutboundError('The host is not public.')
  const found = await resolved(bare(host), resolve, signal)
  if (!allowPrivate && !found.every(isPublic)) throw new OutboundError('The host is not public.')
  const checked = found.map((address) => ({ address, family: isIP(address) as 4 | 6 }))
  if (checked.length === 0) throw new OutboundError('The host has no address.')
  return checked
}
