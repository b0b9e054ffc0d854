import { extensionOf, type Kind } from './kind.ts'

const LONGEST = 150
/** Control characters, and marks that turn the direction of writing and so disguise an extension. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const FORBIDDEN = /[<>:"|?*]/g

/** A name for people and their disks: no folders, nothing invisible, an extension that tells the truth. */
export function displayName(given: string, { extensions }: Kind): string {
  const base = given.toWellFormed().split(/[\\/]/).at(-1)!
  const clean = base.replaceAll(INVISIBLE, '').replaceAll(FORBIDDEN, '_')
  const plain = clean.replaceAll(/^[.\s]+|[.\s]+$/g, '') || 'document'
  const named = extensions.includes(extensionOf(plain)) ? plain : `${plain}.${extensions[0]}`
  const dot = named.lastIndexOf('.')
  return [...named.slice(0, dot)].slice(0, LONGEST).join('') + named.slice(dot)
}
