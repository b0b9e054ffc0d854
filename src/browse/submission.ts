import type { IncomingHttpHeaders } from 'node:http'
import { GraphQLBoolean, GraphQLFloat, GraphQLInt, getNullableType } from 'graphql'
import { AppError, invalidFields } from '../core/errors.ts'
import type { RestMethod } from '../core/rest.ts'
import type { Endpoint } from '../rest/endpoint.ts'
import { bodyFields, type Field } from './control.ts'
import { type Json, readJson } from './json.ts'

/** What a form sends beside the fields of the body. */
export const SENT = {
  method: '_method',
  token: '_token',
  etag: '_etag',
  once: '_once',
  was: '_was',
  clear: '_clear',
  json: '_json',
} as const

export type Submission = {
  method: RestMethod
  token: string | undefined
  etag: string | undefined
  once: string | undefined
  /** What was typed, by the name of its field. */
  fields: ReadonlyMap<string, string>
  /** What the form held when it was shown. */
  was: ReadonlyMap<string, string>
  cleared: ReadonlySet<string>
  /** The body as JSON, where that was written by hand. */
  json: string | undefined
  file: File | undefined
}

const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'] as const

const unixLines = (text: string) => text.replaceAll('\r\n', '\n')

async function formIn(headers: IncomingHttpHeaders, body: Buffer): Promise<FormData> {
  try {
    const type = headers['content-type'] ?? ''
    return await new Response(Uint8Array.from(body), { headers: { 'content-type': type } }).formData()
  } catch (cause) {
    throw new AppError('INVALID_REQUEST', 'The form could not be read; send it again.', {}, { cause })
  }
}

function strings(text: string | undefined): ReadonlyMap<string, string> {
  try {
    const entries = Object.entries(JSON.parse(text ?? '{}') as object)
    return new Map(entries.filter(([, value]) => typeof value === 'string'))
  } catch {
    return new Map()
  }
}

export async function readSubmission(headers: IncomingHttpHeaders, body: Buffer): Promise<Submission> {
  const form = await formIn(headers, body)
  const texts = [...form].filter((each): each is [string, string] => typeof each[1] === 'string')
  const all = new Map(texts.map(([name, value]) => [name, unixLines(value)]))
  const { method, token, etag, once, was, json, clear } = SENT
  const asked = all.get(method)
  return {
    method: METHODS.find((each) => each === asked) ?? 'POST',
    ...{ token: all.get(token), etag: all.get(etag) || undefined, once: all.get(once), json: all.get(json) },
    fields: new Map([...all].filter(([name]) => !name.startsWith('_'))),
    was: strings(all.get(was)),
    cleared: new Set(form.getAll(clear).map(String)),
    file: [...form.values()].find((each) => typeof each !== 'string' && each.size > 0) as File | undefined,
  }
}

const NUMBERS: readonly unknown[] = [GraphQLInt, GraphQLFloat]

function typedValue({ kind, slot }: Field, text: string): Json | number | undefined {
  if (kind === 'json') return readJson(text)
  const type = getNullableType(slot.type)
  if (type === GraphQLBoolean) return text === 'true' || (text === 'false' ? false : text)
  const isNumber = NUMBERS.includes(type) && text.trim() !== '' && Number.isFinite(Number(text))
  return isNumber ? Number(text) : text
}

/** The value to send for a field; undefined: it is left out. An edit clears what was emptied. */
function sent(field: Field, { method, fields, was, cleared }: Submission): string | null | undefined {
  const { name } = field
  if (cleared.has(name)) return null
  const text = fields.get(name) ?? ''
  const before = was.get(name) ?? ''
  if (method === 'PATCH' && text === before) return undefined
  if (text !== '') return text
  return before !== '' && method !== 'POST' ? null : undefined
}

const NOT_JSON = 'Is not JSON; texts and keys are written between double quotes.'

/** The JSON body that a form stands for. PATCH sends what was changed, PUT all there is. */
function jsonOf(submission: Submission, endpoint: Endpoint): string {
  const body: Record<string, unknown> = {}
  const wrong: Record<string, string[]> = {}
  for (const field of bodyFields(endpoint)) {
    const text = sent(field, submission)
    const value = typeof text === 'string' ? typedValue(field, text) : text
    if (value === undefined && text !== undefined) wrong[field.slot.name] = [NOT_JSON]
    else if (value !== undefined) body[field.name] = value
  }
  if (Object.keys(wrong).length > 0) throw invalidFields(wrong)
  return JSON.stringify(body)
}

export type Payload = { type: string; body: Buffer } | undefined

async function uploadOf({ fields, file }: Submission): Promise<Payload> {
  const form = new FormData()
  for (const [name, value] of fields) if (value !== '') form.append(name, value)
  if (file) form.append('content', file, file.name)
  const response = new Response(form)
  return { type: response.headers.get('content-type')!, body: Buffer.from(await response.arrayBuffer()) }
}

/** What the REST route is sent for a form; INVALID_REQUEST where a field that holds JSON holds none. */
export async function payloadOf(submission: Submission, endpoint: Endpoint): Promise<Payload> {
  if (!endpoint.body) return undefined
  if (endpoint.route.multipart) return uploadOf(submission)
  const json = submission.json ?? jsonOf(submission, endpoint)
  return { type: 'application/json', body: Buffer.from(json) }
}
