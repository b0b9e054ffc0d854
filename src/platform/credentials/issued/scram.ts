import { createHmac, hash, pbkdf2Sync, randomBytes } from 'node:crypto'

const ITERATIONS = 4096
const BYTES = 32

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/**
 * What PostgreSQL stores of a password (RFC 5802 and 7677). Made here, so that the password itself is in no statement that a
 * server logs. Of ASCII only: nothing is normalized.
 */
export function scramVerifier(password: string, salt = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, BYTES, 'sha256')
  const stored = hash('sha256', hmac(salted, 'Client Key'), 'base64')
  const server = hmac(salted, 'Server Key').toString('base64')
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${server}`
}
