import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { CheckedAddress } from './resolve.ts'

export type OutboundRequest = {
  method: 'GET' | 'HEAD' | 'POST'
  url: string
  headers?: Record<string, string>
  body?: string | Buffer
  /** For everything: names, connection, answer. */
  timeoutMs: number
  /** More than this of the answer's body is not read. */
  maxBytes: number
  signal?: AbortSignal
}

export type OutboundAnswer = {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
  truncated: boolean
  /** Of an answer over TLS. */
  certificateExpiresAt: Date | undefined
}

/** Answers what was checked, whoever asks: between the check and the connection nobody is asked again. */
export const pinned =
  (addresses: readonly CheckedAddress[]): LookupFunction =>
  (_host, { all }, answer) =>
    all ? answer(null, [...addresses]) : answer(null, addresses[0]!.address, addresses[0]!.family)

async function readPrefix(message: IncomingMessage, maxBytes: number): Promise<{ body: Buffer; truncated: boolean }> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of message) {
    parts.push(part as Buffer)
    size += (part as Buffer).length
    if (size > maxBytes) break
  }
  return { body: Buffer.concat(parts).subarray(0, maxBytes), truncated: size > maxBytes }
}

function sent(
  { method, headers, body }: OutboundRequest,
  url: URL,
  addresses: readonly CheckedAddress[],
  signal: AbortSignal,
) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  const options = { method, headers, signal, agent: false, lookup: pinned(addresses), autoSelectFamily: true } as const
  send(url, options, resolve).on('error', reject).end(body)
  return promise
}

function expiryOf({ socket }: IncomingMessage): Date | undefined {
  const { valid_to } = (socket as TLSSocket).getPeerCertificate?.() ?? {}
  return valid_to === undefined ? undefined : new Date(valid_to)
}

/** One exchange on a connection of its own. A redirect is an answer like any other. */
export async function exchange(
  wish: OutboundRequest,
  url: URL,
  addresses: readonly CheckedAddress[],
  signal: AbortSignal,
): Promise<OutboundAnswer> {
  const message = await sent(wish, url, addresses, signal)
  try {
    const { statusCode: status = 0, headers } = message
    const certificateExpiresAt = expiryOf(message)
    return { status, headers, certificateExpiresAt, ...(await readPrefix(message, wish.maxBytes)) }
  } finally {
    message.destroy()
  }
}
