import { hash } from 'node:crypto'
import { hasChecksum, randomBase62, withChecksum } from './base62.ts'

export const KEY_FAMILIES = ['dashboard', 'devsphere', 'clientst0r'] as const
export type KeyFamily = (typeof KEY_FAMILIES)[number]

export type ParsedKey = {
  family: KeyFamily
  /** The part of a DevSphere key that may be shown, before its dot. */
  publicId?: string
  /** The first characters, to recognise a key by after its creation. */
  prefix: string
  /** SHA-256 of the whole key: all that is ever stored. */
  hash: Buffer
}

export type MintedKey = ParsedKey & { key: string }

const SHAPES: Record<KeyFamily, RegExp> = {
  dashboard: /^dsk_[0-9A-Za-z]{38}$/,
  devsphere: /^dvs_live_([0-9A-Za-z]{12})\.[0-9A-Za-z]{39}$/,
  clientst0r: /^itdocs_live_[0-9A-Za-z]{40}$/,
}

const LONGEST = 64
const SHOWN_RANDOM = 4

const BODIES: Record<KeyFamily, () => string> = {
  dashboard: () => `dsk_${randomBase62(32)}`,
  devsphere: () => `dvs_live_${randomBase62(12)}.${randomBase62(33)}`,
  clientst0r: () => `itdocs_live_${randomBase62(34)}`,
}

export function mintKey(family: KeyFamily): MintedKey {
  const key = withChecksum(BODIES[family]())
  return { key, ...describe(family, key) }
}

/** Undefined for anything that no key of ours can be: wrong shape, or a checksum that does not match. */
export function parseToken(text: string): ParsedKey | undefined {
  if (text.length > LONGEST) return undefined
  const family = KEY_FAMILIES.find((candidate) => SHAPES[candidate].test(text))
  return family && hasChecksum(text) ? describe(family, text) : undefined
}

function describe(family: KeyFamily, key: string): ParsedKey {
  const publicId = SHAPES[family].exec(key)?.[1]
  const visible = publicId ? key.indexOf('.') : key.lastIndexOf('_') + 1 + SHOWN_RANDOM
  return { family, prefix: key.slice(0, visible), hash: hash('sha256', key, 'buffer'), ...(publicId && { publicId }) }
}
