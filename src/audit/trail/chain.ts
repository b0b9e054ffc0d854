import { createHash } from 'node:crypto'

/** Where every organization's chain hangs: the previous hash of its first seal, in hexadecimal like every hash here. */
export const BEGINNING = '0'.repeat(64)

/** SHA-256 over the previous seal's 32 bytes and the canonical form of the row in UTF-8. */
export const sealOf = (previous: string, canonical: string): string =>
  createHash('sha256').update(Buffer.from(previous, 'hex')).update(canonical).digest('hex')
