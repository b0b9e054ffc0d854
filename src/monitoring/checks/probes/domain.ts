import { ending, type Means, type Probe, placeOf, type Seen } from '../probe.ts'

const WARNED_DAYS = 30
const READ_BYTES = 512 * 1024
const HOPS = 4
const VIA = 'rdap'

const doubt = (sentence: string): Seen => ({ via: VIA, doubt: sentence })

type Answered = { status: number; json: unknown }

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

/** The register that is asked first may name the one that knows; each hop goes through the guard like the first. */
async function lookUp(from: string, { outbound, timeoutMs, signal }: Means): Promise<Answered | undefined> {
  let url = from
  for (let hop = 0; hop < HOPS; hop += 1) {
    const headers = { accept: 'application/rdap+json' }
    const answer = await outbound.request({ method: 'GET', url, headers, maxBytes: READ_BYTES, timeoutMs, signal })
    const { location } = answer.headers
    if (answer.status < 300 || answer.status >= 400 || !location)
      return { status: answer.status, json: parsed(answer.body) }
    url = new URL(location, url).href
  }
  return undefined
}

type Event = { eventAction?: unknown; eventDate?: unknown }

/** RFC 9083: the register's own date comes before a registrar's. */
function expiryIn(json: unknown): Date | undefined {
  const { events } = (json ?? {}) as { events?: unknown }
  const found = (Array.isArray(events) ? (events as Event[]) : []).find(
    ({ eventAction }) => eventAction === 'expiration',
  )
  const expiresAt = new Date(String(found?.eventDate))
  return Number.isNaN(expiresAt.getTime()) ? undefined : expiresAt
}

/** Until when a domain is registered. A register that does not answer says nothing about the domain. */
export const domain: Probe = async (wish, means) => {
  const { host } = placeOf(wish)
  const answer = await lookUp(`${means.rdapUrl}/domain/${encodeURIComponent(host)}`, means).catch(() => undefined)
  if (!answer) return doubt('The register of domains did not answer.')
  if (answer.status === 404) return { via: VIA, fault: 'The domain is not registered, or no register knows it.' }
  if (answer.status !== 200) return doubt(`The register of domains answered ${answer.status}.`)
  const domainExpiresAt = expiryIn(answer.json)
  if (!domainExpiresAt) return doubt('The register does not say when the domain expires.')
  return { via: VIA, domainExpiresAt, ...ending('The domain', domainExpiresAt, means.now, WARNED_DAYS) }
}
