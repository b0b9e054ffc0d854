import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { PoolConfig } from 'pg'
import { plainly, port, underPolicies, unscopedPool } from './connection.ts'
import { credentials } from './credential.ts'
import { documented } from './documented.sql.ts'
import { type Ask, answer } from './routes.ts'
import { STATEMENTS } from './statements.sql.ts'

const pool = unscopedPool()
const authenticate = credentials(pool)

const ways: Record<string, () => Ask> = {
  plain: () => plainly(pool),
  documents: () => plainly(pool, documented(STATEMENTS)),
  rls: () => underPolicies(unscopedPool({ options: '', pipeline: true } as PoolConfig)),
}
const ask = ways[process.argv[4] ?? 'plain']!()

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}

async function serve(request: IncomingMessage): Promise<string | undefined> {
  const known = authenticate(request.headers.authorization)
  const credential = known instanceof Promise ? await known : known
  const { method = 'GET', url = '/' } = request
  return answer(ask, { method, url, credential, body: () => read(request) })
}

function send(response: ServerResponse, status: number, json: string): void {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(json) }
  response.writeHead(status, headers).end(json)
}

createServer((request, response) => {
  serve(request).then(
    (json) => send(response, json === undefined ? 404 : request.method === 'POST' ? 201 : 200, json ?? '{}'),
    (error) => send(response, error.status ?? 500, JSON.stringify({ error: error.message })),
  )
}).listen(port, '127.0.0.1')
