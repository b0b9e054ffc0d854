import { argon2Sync } from 'node:crypto'
import { expect, it } from 'vitest'
import { hashPassword } from './password.ts'

it('a password is kept as Argon2id with its parameters and a salt of its own', async () => {
  const [first, second] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')])
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(first).not.toBe(second)
  const [salt = '', tag = ''] = first.split('$').slice(-2)
  const options = { nonce: Buffer.from(salt, 'base64'), parallelism: 1, tagLength: 32, memory: 19_456, passes: 2 }
  expect(argon2Sync('argon2id', { message: 'correct horse', ...options })).toEqual(Buffer.from(tag, 'base64'))
})
