import type { Endpoint } from './endpoint.ts'

/** One request on its way through an endpoint, and what it leaves for the front. */
export type Exchange = {
  endpoint: Endpoint
  /** Path and query parameters by REST name. */
  params: Record<string, string | undefined>
  json: unknown
  context: unknown
  requestId: string
  /** The absolute address of the request, with its query. */
  address: () => string
  headers: Record<string, string>
  file?: RawFile
  /** What answered: one statement, or the executor field by field. */
  by?: 'statement' | 'executor'
  failure?: unknown
}

export type RawFile = { name: string; mimeType: string; content: Buffer }
