import { randomInt } from 'node:crypto'
import { z } from 'zod'
import { builder } from '../core/builder.ts'
import { invalid } from '../core/errors.ts'
import { type Input, validated } from '../core/validate.ts'

const LEAST = 8
const MOST = 256
const KINDS = {
  lowercase: 'abcdefghijklmnopqrstuvwxyz',
  uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  symbols: '!#$%&()*+,-./:;<=>?@[]^_{|}~',
} as const
const ALIKE = /[Il1|O0o]/g

const kind = z.boolean().default(true)
const wish = z.object({
  length: z.int().min(LEAST, `must be at least ${LEAST}.`).max(MOST, `must be at most ${MOST}.`).default(20),
  lowercase: kind,
  uppercase: kind,
  digits: kind,
  symbols: kind,
  avoidAmbiguous: z.boolean().default(false),
})

/** `randomInt` draws again where a remainder would favour some characters. */
const drawn = (characters: string, length: number): string =>
  Array.from({ length }, () => characters[randomInt(characters.length)]).join('')

/** Drawn anew until each wanted kind is in it: every password that has them all is equally likely. */
export function generatePassword(input: Input): string {
  const { length, avoidAmbiguous, ...wanted } = validated(wish, input)
  const kinds = Object.entries(KINDS)
    .filter(([name]) => wanted[name as keyof typeof KINDS])
    .map(([, characters]) => (avoidAmbiguous ? characters.replace(ALIKE, '') : characters))
  if (kinds.length === 0) throw invalid('lowercase', 'must be true, or another kind of character.')
  const all = kinds.join('')
  for (;;) {
    const password = drawn(all, length)
    if (kinds.every((characters) => [...password].some((each) => characters.includes(each)))) return password
  }
}

builder.queryFields((t) => ({
  generatePassword: t.string({
    description: 'A password of random characters, at least one of each kind that is wanted. It is kept nowhere.',
    rest: false,
    authScopes: { can: 'vault:write' },
    args: {
      length: t.arg.int({ defaultValue: 20, required: true, description: `${LEAST} to ${MOST} characters.` }),
      lowercase: t.arg.boolean({ defaultValue: true, required: true }),
      uppercase: t.arg.boolean({ defaultValue: true, required: true }),
      digits: t.arg.boolean({ defaultValue: true, required: true }),
      symbols: t.arg.boolean({ defaultValue: true, required: true }),
      avoidAmbiguous: t.arg.boolean({
        defaultValue: false,
        required: true,
        description: 'Leave out characters that look alike: I l 1 | O 0 o.',
      }),
    },
    resolve: (_root, wanted, ctx) => {
      ctx.answer.secret = true
      return generatePassword(wanted)
    },
  }),
}))
