import { type GraphQLEnumType, type GraphQLScalarType, isEnumType } from 'graphql'
import { enumWords } from './json-schema.ts'

/** A value made ready for a GraphQL variable, or the sentence that says what is wrong with it. */
export type Leaf = { value: unknown } | { wrong: string }

const TEXT = 'Must be a string.'
const DEEPEST = 64
const UNSTORABLE = `Must be nested at most ${DEEPEST} deep, without NUL characters or unpaired surrogates.`

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
const storable = (text: string) => text.isWellFormed() && !text.includes('\0')

function readText(value: unknown): Leaf {
  if (typeof value !== 'string') return { wrong: TEXT }
  return storable(value) ? { value } : { wrong: 'Must not contain NUL characters or unpaired surrogates.' }
}

function readInt(value: unknown): Leaf {
  if (Number.isInteger(value) && (value as number) === ((value as number) | 0)) return { value }
  return { wrong: 'Must be a whole number between -2147483648 and 2147483647.' }
}

function storableJson(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return storable(value)
  if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return true
  if (depth === 0) return false
  return Object.entries(value).every(([key, inner]) => storable(key) && storableJson(inner, depth - 1))
}

const READERS: Record<string, (value: unknown) => Leaf> = {
  String: readText,
  Int: readInt,
  Float: (value) => (Number.isFinite(value) ? { value } : { wrong: 'Must be a number.' }),
  Boolean: (value) => (typeof value === 'boolean' ? { value } : { wrong: 'Must be true or false.' }),
  ID: (value) => {
    if (Number.isSafeInteger(value)) return { value: String(value) }
    return typeof value === 'string' ? readText(value) : { wrong: 'Must be an id.' }
  },
}

function enumReader(type: GraphQLEnumType): (value: unknown) => Leaf {
  const words = enumWords(type)
  const names = new Map([...words].flatMap(([name, word]) => [[name, name] as const, [word, name] as const]))
  const wrong = `Must be one of ${[...words.values()].join(', ')}.`
  return (value) => {
    const name = typeof value === 'string' ? names.get(value) : undefined
    return name === undefined ? { wrong } : { value: name }
  }
}

/** Our own scalars judge for themselves, and say in their errors what they want. */
const customReader =
  (type: GraphQLScalarType) =>
  (value: unknown): Leaf => {
    if (!storableJson(value, DEEPEST)) return { wrong: UNSTORABLE }
    try {
      type.parseValue(value)
      return { value }
    } catch (error) {
      return { wrong: error instanceof Error && error.message ? error.message : `Must be a ${type.name}.` }
    }
  }

export function leafReader(type: GraphQLEnumType | GraphQLScalarType): (value: unknown) => Leaf {
  if (isEnumType(type)) return enumReader(type)
  return READERS[type.name] ?? customReader(type)
}
