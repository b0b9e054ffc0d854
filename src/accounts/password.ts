import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import { hashing } from './hash-queue.ts'

const MEMORY_KIB = 19_456
const PASSES = 2
const LANES = 1
const TAG_BYTES = 32
const SALT_BYTES = 16

const derive = promisify(argon2)
const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

const longest = (text: z.ZodString) => text.max(200, 'must be at most 200 characters long.')

/** What a password has to be when it is chosen, and what may be tried as one. */
export const newPassword = longest(z.string().min(12, 'must be at least 12 characters long.'))
export const anyPassword = longest(z.string())

/** Argon2id in the usual PHC form, which names its own parameters. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(SALT_BYTES)
  const options = {
    message: password,
    nonce,
    parallelism: LANES,
    tagLength: TAG_BYTES,
    memory: MEMORY_KIB,
    passes: PASSES,
  }
  const tag = await derive('argon2id', options)
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${base64(nonce)}$${base64(tag)}`
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/** Whom no password fits: what is looked at for an account that does not exist, so that it takes as long as one that does. */
const NOBODYS = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${'A'.repeat(22)}$${'A'.repeat(43)}`

async function fits(password: string, stored: string): Promise<boolean> {
  const [, memory, passes, lanes, salt, tag] = PHC.exec(stored) ?? PHC.exec(NOBODYS)!
  const wanted = Buffer.from(tag!, 'base64')
  const options = {
    ...{ message: password, nonce: Buffer.from(salt!, 'base64'), parallelism: Number(lanes) },
    ...{ tagLength: wanted.length, memory: Number(memory), passes: Number(passes) },
  }
  return timingSafeEqual(await derive('argon2id', options), wanted)
}

/** In the same time whether there is a hash to compare with or not; behind everybody else who is having one compared. */
export const isPassword = (password: string, stored: string | null | undefined): Promise<boolean> =>
  hashing(() => fits(password, stored ?? NOBODYS)).then((right) => right && typeof stored === 'string')
