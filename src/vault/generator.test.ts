import { expect, it } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'
import { generatePassword } from './generator.ts'

const graph = testGraph()

it('a password has the length asked for and every kind of character that is wanted', () => {
  for (let i = 0; i < 200; i += 1) {
    const password = generatePassword({ length: 8 })
    expect(password).toHaveLength(8)
    for (const kind of [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/]) expect(password).toMatch(kind)
  }
  expect(generatePassword({})).toHaveLength(20)
  expect(generatePassword({ length: 256, symbols: false, uppercase: false })).toMatch(/^[a-z\d]{256}$/)
  expect(generatePassword({ length: 256, avoidAmbiguous: true })).not.toMatch(/[Il1|O0o]/)
})

it('no two are alike', () => {
  expect(new Set(Array.from({ length: 1000 }, () => generatePassword({ length: 12 }))).size).toBe(1000)
})

it('no character is favoured', () => {
  const wish = { length: 256, uppercase: false, lowercase: false, symbols: false }
  const counts = new Map<string, number>()
  for (let i = 0; i < 400; i += 1)
    for (const digit of generatePassword(wish)) counts.set(digit, (counts.get(digit) ?? 0) + 1)
  const expected = (400 * 256) / 10
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  expect(counts.size).toBe(10)
  expect(chiSquare).toBeLessThan(45)
})

it.each([
  ['length: 7', 'length'],
  ['length: 257', 'length'],
  ['lowercase: false, uppercase: false, digits: false, symbols: false', 'lowercase'],
])('%s is refused', async (args, field) => {
  const { errors } = await graph.as().run(`{ generatePassword(${args}) }`)
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_REQUEST', fields: { [field]: [expect.any(String)] } })
})

it('a password is generated for whoever may write it down', async () => {
  const { data } = await graph.as({ permissions: ['vault:write'] }).run('{ generatePassword(length: 30) }')
  expect(data.generatePassword).toHaveLength(30)
  const { errors } = await graph.as({ permissions: ['vault:read'] }).run('{ generatePassword }')
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'vault:write' })
})
