import { isUtf8 } from 'node:buffer'
import { AppError } from '../core/errors.ts'
import type { Endpoint } from './endpoint.ts'
import { readUpload } from './multipart.ts'
import { fromText } from './parameters.ts'

export type Incoming = { headers: Record<string, string | string[] | undefined>; body: Buffer | undefined }

export const header = (headers: Incoming['headers'], name: string): string | undefined => {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

const JSON_TYPE = /^application\/(json|[\w.-]+\+json)\s*(;|$)/i
const ABOUT_FILE = new Set(['name', 'mimeType'])
const UPLOAD_TYPE = /^multipart\/form-data\s*;/i

const unsupported = (type: string, wanted: string) =>
  new AppError('UNSUPPORTED_MEDIA_TYPE', `Unsupported media type "${type}" in request; send ${wanted}.`)

function readJson(body: Buffer): unknown {
  try {
    if (!isUtf8(body)) throw new SyntaxError('the text is not UTF-8')
    return JSON.parse(body.toString('utf8'))
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unreadable'
    throw new AppError('INVALID_REQUEST', `JSON parse error - ${why}`, { as: 'detail' })
  }
}

/** A form holds text only, and says of its file more than the input may want to know. */
function asBody(form: Record<string, unknown>, { body, dialect }: Endpoint): Record<string, unknown> {
  const slots = new Map(body?.slots.map(({ name, type }) => [name, type]))
  const entries = Object.entries(form).flatMap(([name, value]): [string, unknown][] => {
    const type = slots.get(name)
    if (!type && ABOUT_FILE.has(name)) return []
    return [[dialect.casing(name), type && typeof value === 'string' ? fromText(value, type) : value]]
  })
  return Object.fromEntries(entries)
}

/** The body as a JSON value; an empty one is an empty object, so that what is missing is named field by field. */
export function readBody(endpoint: Endpoint, { headers, body }: Incoming): unknown {
  if (endpoint.method === 'GET' || endpoint.method === 'DELETE') return undefined
  if (!body || body.length === 0) return {}
  const type = header(headers, 'content-type') ?? ''
  if (endpoint.route.multipart) {
    if (!UPLOAD_TYPE.test(type)) throw unsupported(type, 'multipart/form-data')
    return readUpload(headers, body).then((form) => asBody(form, endpoint))
  }
  if (!JSON_TYPE.test(type)) throw unsupported(type, 'application/json')
  return readJson(body)
}
