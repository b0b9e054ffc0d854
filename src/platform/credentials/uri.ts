import type { CredentialEngine } from '../../db/generated/enums.ts'

/** What is shown of a password, and of whatever else may be one. */
export const MASK = '********'

const ENGINES: Readonly<Record<string, CredentialEngine>> = {
  ...{ postgresql: 'postgresql', postgres: 'postgresql', mysql: 'mysql', mariadb: 'mariadb' },
  ...{ mongodb: 'mongodb', 'mongodb+srv': 'mongodb', redis: 'redis', rediss: 'redis' },
  ...{ sqlserver: 'sqlserver', mssql: 'sqlserver', clickhouse: 'clickhouse' },
}

/** Parameters whose values say nothing that has to be kept; of all others the name alone is shown. */
const SHOWN = new Set([
  ...['sslmode', 'ssl', 'tls', 'sslnegotiation', 'channel_binding', 'target_session_attrs', 'connect_timeout'],
  ...['application_name', 'client_encoding', 'search_path', 'schema', 'charset', 'pgbouncer', 'connection_limit'],
  ...['authsource', 'replicaset', 'readpreference', 'retrywrites', 'w', 'directconnection', 'encrypt'],
])

/** What can be shown of a URI, and the URI as it is shown. */
export type Parts = {
  engine: CredentialEngine
  host: string
  port: number | null
  database: string | null
  username: string | null
  maskedUri: string
}

/** No part holds an @ but the one that ends the password: a password that is not encoded is never taken for a host. */
const FORM = /^([a-z][a-z+]*):\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^@?#]*))?(?:\?([^@#]*))?$/i
const PRINTED = /^[\x21-\x7e]+$/
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::(\d{1,5}))?$/i
const NAMED = /^([\w.-]{1,64})=(.*)$/s
const PLAIN = /^[\w.,-]{1,64}$/
const LONGEST_NAME = 128

/** A sentence about what is wrong with a URI. */
export class UnreadableUri extends Error {}

function decoded(what: string, text: string | undefined): string | null {
  if (!text) return null
  const plain = percentDecoded(text)
  if (plain === undefined) throw new UnreadableUri(`has a ${what} that is not percent-encoded.`)
  if (plain.length > LONGEST_NAME || /\p{Cc}/u.test(plain))
    throw new UnreadableUri(`must have a ${what} of at most ${LONGEST_NAME} printable characters.`)
  return plain
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function hostsOf(authority: string): { host: string; port: number | null }[] {
  return authority.split(',').map((each) => {
    const [, host, port] = HOST.exec(each) ?? []
    if (host === undefined || Number(port ?? 1) > 65_535)
      throw new UnreadableUri('must name hosts as host or host:port; percent-encode what stands before the @.')
    return { host, port: port === undefined ? null : Number(port) }
  })
}

function maskedParameter(parameter: string): string {
  const [, name, value] = NAMED.exec(parameter) ?? []
  if (name === undefined || value === undefined) throw new UnreadableUri('must have parameters like name=value.')
  return `${name}=${SHOWN.has(name.toLowerCase()) && PLAIN.test(value) ? value : MASK}`
}

const masked = (query: string): string => `?${query.split('&').filter(Boolean).map(maskedParameter).join('&')}`

const SENTENCE =
  'must be an address like postgresql://user:password@host:5432/database, with @ / ? # in a password percent-encoded.'

/** Reads a connection URI by a grammar that leaves no doubt where its secrets stand; throws a sentence about what is wrong. */
export function readUri(uri: string): Parts {
  const [, scheme = '', userinfo = '', authority = '', path, query] = (PRINTED.test(uri) && FORM.exec(uri)) || []
  const engine = Object.hasOwn(ENGINES, scheme.toLowerCase()) && ENGINES[scheme.toLowerCase()]
  if (!authority) throw new UnreadableUri(SENTENCE)
  if (!engine) throw new UnreadableUri(`must begin with one of ${Object.keys(ENGINES).join(', ')}.`)
  const colon = userinfo.indexOf(':')
  const user = colon < 0 ? userinfo : userinfo.slice(0, colon)
  const secret = colon >= 0 && colon < userinfo.length - 1 ? `:${MASK}` : ''
  const [first] = hostsOf(authority)
  return {
    engine,
    ...first!,
    database: decoded('database', path),
    username: decoded('user name', user),
    maskedUri: `${scheme}://${user}${secret}${userinfo && '@'}${authority}${path ? `/${path}` : ''}${query ? masked(query) : ''}`,
  }
}
