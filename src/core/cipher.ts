import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export type Bytes = Uint8Array<ArrayBuffer>

const CIPHER = 'aes-256-gcm'
const FORM = 1
const NONCE = 12
const TAG = 16

/** Bound to what it is associated with: under anything else it cannot be decrypted. */
export function encrypt(key: Bytes, associated: Uint8Array, plain: Uint8Array): Bytes {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG }).setAAD(associated)
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Uint8Array.from(Buffer.concat([Buffer.of(FORM), nonce, body, cipher.getAuthTag()]))
}

/** Throws for whatever this key has not encrypted in this association. */
export function decrypt(key: Bytes, associated: Uint8Array, stored: Uint8Array): Buffer {
  if (stored[0] !== FORM || stored.length < 1 + NONCE + TAG) throw new Error('It has another form.')
  const nonce = stored.subarray(1, 1 + NONCE)
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG })
    .setAAD(associated)
    .setAuthTag(stored.subarray(-TAG))
  return Buffer.concat([decipher.update(stored.subarray(1 + NONCE, -TAG)), decipher.final()])
}
