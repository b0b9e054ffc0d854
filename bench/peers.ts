import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { directus } from './doors/directus.ts'
import type { Door } from './doors/door.ts'
import { mercurius, postgraphileUnderPolicies, postgraphileWithConditions, product } from './doors/graphql.ts'
import { plain } from './doors/plain.ts'
import { rest } from './doors/rest.ts'
import { ROOT } from './root.ts'
import { type Command, freePort, type Running, start } from './run/server.ts'

export const LIMIT = 'limit'

/** One column of the comparison: a server, asked through one of its doors. Two peers may share a server. */
export type Peer = {
  name: string
  title: string
  door: Door
  /** It needs a package of `bench/package.json`, or of the `package.json` in a folder of its own. */
  server: 'product' | { file: string; variant?: string; needs?: string; folder?: string }
  /** Also in a quick run. */
  quick?: boolean
}

export const PEERS: readonly Peer[] = [
  { name: LIMIT, title: 'hand-written limit', door: plain, server: { file: 'limit.ts' }, quick: true },
  {
    name: 'limit-rls',
    title: 'the limit under row-level security',
    door: plain,
    server: { file: 'limit.ts', variant: 'rls' },
  },
  {
    name: 'limit-documents',
    title: 'the limit, showing what REST documents',
    door: plain,
    server: { file: 'limit.ts', variant: 'documents' },
  },
  {
    name: 'fastify',
    title: 'Fastify and the same SQL',
    door: plain,
    server: { file: 'fastify.mjs', needs: 'fastify' },
  },
  { name: 'graphql', title: '**Opsgraph, GraphQL**', door: product, server: 'product', quick: true },
  { name: 'rest', title: '**Opsgraph, REST**', door: rest, server: 'product', quick: true },
  {
    ...{ name: 'mercurius', title: 'Mercurius and hand-written pg', door: mercurius },
    server: { file: 'mercurius.mjs', needs: 'mercurius' },
  },
  {
    ...{
      name: 'postgraphile',
      title: 'PostGraphile, row-level security',
      door: postgraphileUnderPolicies,
      quick: true,
    },
    server: { file: 'postgraphile.mjs', variant: 'rls', needs: 'postgraphile' },
  },
  {
    ...{ name: 'postgraphile-where', title: 'PostGraphile, conditions', door: postgraphileWithConditions },
    server: { file: 'postgraphile.mjs', variant: 'where', needs: 'postgraphile' },
  },
  {
    ...{ name: 'directus', title: 'Directus, REST', door: directus },
    server: { file: 'directus.mjs', needs: 'directus', folder: 'directus' },
  },
]

/** Of all servers of a run, which may share a database. */
const MASTER_KEY = randomBytes(32).toString('base64')

/** Asked of every server that was started: nothing but made-up rows is locked with this key. */
const productEnv = (url: string, port: number, data: string) => ({
  ...{ DATABASE_URL: url, PORT: String(port), HOST: '127.0.0.1', OPSGRAPH_DATA: data, LOG_LEVEL: 'warn' },
  OPSGRAPH_MASTER_KEY: MASTER_KEY,
  OPSGRAPH_SINGLE_PROCESS: 'true',
})

/** This product in a data folder of its own, started by `command`. */
export async function startProduct(
  url: string,
  file = process.execPath,
  args = ['--max-semi-space-size=16', '--max-old-space-size=1024', 'src/cli/start.mjs', 'serve'],
  more: Record<string, string> = {},
): Promise<Running> {
  const data = await mkdtemp(join(tmpdir(), 'opsgraph-bench-'))
  const port = await freePort()
  const group = file !== process.execPath
  const command: Command = { file, args, cwd: ROOT, env: { ...productEnv(url, port, data), ...more }, group }
  const forget = () => rm(data, { recursive: true, force: true })
  const running = await start(command, port, '/readyz').catch(async (error) => {
    await forget()
    throw error
  })
  const stop = async () => {
    await running.stop()
    await forget()
  }
  return { ...running, stop }
}

export async function startPeer({ server }: Peer, url: string): Promise<Running> {
  if (server === 'product') return startProduct(url)
  const port = await freePort()
  const args = [join(ROOT, 'bench/peers', server.file), String(port), url, ...(server.variant ? [server.variant] : [])]
  return start({ file: process.execPath, args, cwd: ROOT }, port)
}
