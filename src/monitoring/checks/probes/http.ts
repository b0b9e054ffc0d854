import type { CheckWish } from '../../../core/context.ts'
import type { OutboundAnswer } from '../../../outbound/request.ts'
import { VERSION } from '../../../version.ts'
import { CERTIFICATE_DAYS, ending, type Probe, timed } from '../probe.ts'

const READ_BYTES = 1024 * 1024

function faultOf({ expectedStatusCode, expectedText }: CheckWish, { status, body }: OutboundAnswer) {
  if (expectedStatusCode !== null && status !== expectedStatusCode)
    return `It answered ${status} instead of ${expectedStatusCode}.`
  if (expectedStatusCode === null && (status < 200 || status >= 400)) return `It answered ${status}.`
  if (expectedText !== null && !body.toString().includes(expectedText))
    return `The answer does not contain “${expectedText}”.`
  return undefined
}

/** The answer to a GET; a redirect is not followed, and is an answer. The body is read where a text is expected. */
export const http: Probe = async (wish, { outbound, timeoutMs, signal, now }) => {
  const url = wish.url!
  const headers = { 'user-agent': `opsgraph/${VERSION} (monitor)`, accept: '*/*' }
  const maxBytes = wish.expectedText === null ? 0 : READ_BYTES
  const { value, responseTimeMs } = await timed(() =>
    outbound.request({ method: 'GET', url, headers, maxBytes, timeoutMs, signal }),
  )
  const { status: statusCode, certificateExpiresAt: sslExpiresAt } = value
  const certificate = sslExpiresAt ? ending('The certificate', sslExpiresAt, now, CERTIFICATE_DAYS) : {}
  const fault = faultOf(wish, value) ?? certificate.fault
  return { via: new URL(url).protocol.slice(0, -1), statusCode, responseTimeMs, sslExpiresAt, ...certificate, fault }
}
