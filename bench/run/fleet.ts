import { type Peer, startPeer } from '../peers.ts'
import { idleMemory, type Running } from './server.ts'

export type Member = Peer & { running: Running }
export type Fleet = {
  members: Member[]
  /** The product's server, its memory before it was asked anything included. */
  product?: Running & { idleMiB: number }
  stop(): Promise<void>
}

/** Doors of one server share its process. */
const identity = ({ server }: Peer) => (typeof server === 'string' ? server : `${server.file} ${server.variant ?? ''}`)

/** All servers at once, so that each has warmed up the same when its turn comes. */
export async function launch(peers: readonly Peer[], url: string): Promise<Fleet> {
  const servers = new Map<string, Running>()
  const stop = async () => {
    await Promise.all([...servers.values()].map((running) => running.stop()))
  }
  const members: Member[] = []
  try {
    for (const peer of peers) {
      const known = servers.get(identity(peer)) ?? (await startPeer(peer, url))
      servers.set(identity(peer), known)
      members.push({ ...peer, running: known })
    }
    const product = servers.get('product')
    return { members, stop, ...(product && { product: { ...product, idleMiB: await idleMemory(product.pid) } }) }
  } catch (error) {
    await stop()
    throw error
  }
}
