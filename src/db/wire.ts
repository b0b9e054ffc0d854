import { Socket } from 'node:net'

const READ = 64 * 1024
const SLAB = 256 * 1024

/** All connections read into it, one after another. */
const landing = Buffer.allocUnsafeSlow(READ)
let slab = Buffer.allocUnsafeSlow(SLAB)
let used = 0

/** Bytes that nobody overwrites: whoever reads an answer may keep a part of it. */
function kept(length: number): Buffer {
  if (SLAB - used < length) {
    slab = Buffer.allocUnsafeSlow(SLAB)
    used = 0
  }
  const bytes = slab.subarray(used, used + length)
  landing.copy(bytes, 0, 0, length)
  used += length
  return bytes
}

/**
 * A connection's socket. By itself Node makes a buffer of 64 KB for every read and gives back what was not needed, which
 * costs more than most answers; TLS reads past this.
 */
export function wire({ ssl }: { ssl?: unknown } = {}): Socket {
  if (ssl) return new Socket()
  const onread = {
    buffer: landing,
    callback(length: number) {
      socket.emit('data', kept(length))
      return true
    },
  }
  const socket: Socket = new Socket({ onread })
  return socket
}
