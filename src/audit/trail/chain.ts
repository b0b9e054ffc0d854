import { hash } from 'node:crypto'

/** Where every organization's chain hangs: the previous hash of its first seal, in hexadecimal like every hash here. */
export const BEGINNING = '0'.repeat(64)

/** SHA-256 over the previous seal's 32 bytes and the canonical form of the row in UTF-8. */
export const sealOf = (previous: string, canonical: string): string =>
  hash('sha256', Buffer.concat([Buffer.from(previous, 'hex'), Buffer.from(canonical)]), 'hex')
