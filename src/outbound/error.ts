/** Why a call to somebody else's server came to nothing, in words that whoever named the server may read. */
export class OutboundError extends Error {
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.name = 'OutboundError'
  }
}

const SENTENCES: Record<string, string> = {
  ENOTFOUND: 'The host is unknown.',
  ENODATA: 'The host is unknown.',
  ESERVFAIL: 'The host’s name server failed.',
  ETIMEOUT: 'The host’s name server did not answer in time.',
  ECANCELLED: 'The host’s name server did not answer in time.',
  ECONNREFUSED: 'The connection was refused.',
  ECONNRESET: 'The connection was reset.',
  EPIPE: 'The connection was reset.',
  EHOSTUNREACH: 'The host is unreachable.',
  ENETUNREACH: 'The host is unreachable.',
  ETIMEDOUT: 'The connection was not made in time.',
  HPE_HEADER_OVERFLOW: 'The answer’s headers are too large.',
  ABORT_ERR: 'There was no complete answer in time.',
}

const codeOf = (error: unknown): string => {
  const { code, errors, name } = error as { code?: unknown; errors?: unknown[]; name?: string }
  if (name === 'AbortError' || name === 'TimeoutError') return 'ABORT_ERR'
  return typeof code === 'string' ? code : errors?.length ? codeOf(errors[0]) : ''
}

const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/
const HTTP = /^HPE_/

function sentenceOf(code: string): string {
  if (SENTENCES[code]) return SENTENCES[code]
  if (TLS.test(code)) return 'The host’s certificate could not be verified.'
  return HTTP.test(code) ? 'The answer was not HTTP.' : 'The call failed.'
}

/** Whatever was thrown on the way out, without a word of what lies behind it. */
export const outboundError = (cause: unknown): OutboundError =>
  cause instanceof OutboundError ? cause : new OutboundError(sentenceOf(codeOf(cause)), { cause })
