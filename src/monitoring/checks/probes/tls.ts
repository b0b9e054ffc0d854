import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'
import { CERTIFICATE_DAYS, ending, isAddress, type Means, type Place, type Probe, placeOf, timed } from '../probe.ts'

const HTTPS = 443

/** Shaken hands with whatever certificate there is: what is wrong with it is told afterwards. */
async function shaken({ host, port = HTTPS }: Place, { outbound, timeoutMs, signal }: Means): Promise<TLSSocket> {
  const socket = await outbound.connect({ host, port, timeoutMs, signal })
  const secured = connect({ socket, rejectUnauthorized: false, ...(!isAddress(host) && { servername: host }) })
  try {
    await once(secured, 'secureConnect', { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) })
    return secured
  } catch (error) {
    secured.destroy()
    throw error
  }
}

const TOLD: Record<string, string> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not trusted',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  CERT_REVOKED: 'it was revoked',
}

/** With a client that insists on nothing, the reason is an error or merely its code. */
function flawOf({ authorized, authorizationError }: TLSSocket): string | undefined {
  if (authorized) return undefined
  const reason = authorizationError as unknown as { code?: string } | string | null
  const code = typeof reason === 'string' ? reason : (reason?.code ?? '')
  return `The certificate cannot be trusted: ${TOLD[code] ?? 'it could not be verified'}.`
}

/** Whether a certificate is there, is trusted, and for how long it is good. */
export const tls: Probe = async (wish, means) => {
  const place = placeOf(wish)
  const { value: socket, responseTimeMs } = await timed(() => shaken(place, means))
  try {
    const { valid_to } = socket.getPeerCertificate()
    const via = `tls:${place.port ?? HTTPS}`
    if (valid_to === undefined) return { via, responseTimeMs, fault: 'There is no certificate.' }
    const sslExpiresAt = new Date(valid_to)
    const { fault = flawOf(socket), concern } = ending('The certificate', sslExpiresAt, means.now, CERTIFICATE_DAYS)
    return { via, responseTimeMs, sslExpiresAt, fault, concern }
  } finally {
    socket.destroy()
  }
}
