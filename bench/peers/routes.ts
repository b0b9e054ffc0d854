import { randomUUID } from 'node:crypto'
import { type Credential, need, Refusal } from './credential.ts'
import type { StatementName } from './statements.sql.ts'

/** Runs one of the statements for an organization; undefined where it finds no row. */
export type Ask = (name: StatementName, organizationId: number, values: unknown[]) => Promise<string | undefined>

export type Request = {
  method: string
  url: string
  credential: Credential
  body(): Promise<Record<string, unknown>>
}

const pattern = (search: string) => `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`

function listed(ask: Ask, url: string, credential: Credential): Promise<string | undefined> {
  need(credential, 'assets:read')
  const query = new URLSearchParams(url.slice(url.indexOf('?')))
  const size = Math.min(200, Number(query.get('page_size') ?? 25))
  const skip = (Number(query.get('page') ?? 1) - 1) * size
  return ask('assets', credential.organizationId, [pattern(query.get('search') ?? ''), size, skip])
}

async function created(ask: Ask, { credential, body }: Request): Promise<string | undefined> {
  need(credential, 'assets:write')
  const { name, assetType, serialNumber, location, notes } = await body()
  if (typeof name !== 'string' || typeof assetType !== 'string') throw new Refusal(400, 'name, assetType')
  const values = [name, assetType, serialNumber, location, notes, credential.keyId, randomUUID()]
  return ask('createAsset', credential.organizationId, values)
}

const limitOf = (url: string) => Math.min(200, Number(new URLSearchParams(url.slice(url.indexOf('?'))).get('limit')))

/** The workloads as plain routes, for every peer that answers with the statements' own JSON. */
export function answer(ask: Ask, request: Request): Promise<string | undefined> {
  const { method, url, credential } = request
  const path = url.split('?', 1)[0]!
  if (method === 'POST' && path === '/assets') return created(ask, request)
  if (path === '/assets') return listed(ask, url, credential)
  if (path.startsWith('/assets/')) {
    need(credential, 'assets:read')
    return ask('asset', credential.organizationId, [Number(path.slice('/assets/'.length))])
  }
  if (path === '/leads') {
    need(credential, 'leads:read')
    return ask('leads', credential.organizationId, [limitOf(url)])
  }
  if (path === '/invoices') {
    need(credential, 'invoices:read')
    return ask('invoices', credential.organizationId, [limitOf(url)])
  }
  throw new Refusal(404, 'not found')
}
