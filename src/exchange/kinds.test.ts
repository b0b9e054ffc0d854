import { expect, it } from 'vitest'
import { amount, calendarDay, choice, fraction, freeJson, id, truth, Unfit, whole, words } from './kinds.ts'

const KINDS = { amount, calendarDay, choice, fraction, freeJson, id, truth, whole, words }
type Named = keyof typeof KINDS

const day = (text: string) => new Date(`${text}T00:00:00Z`)

const READ: [Named, unknown, unknown][] = [
  ['words', ' as it is ', ' as it is '],
  ['whole', '81,200', 81_200],
  ['fraction', '-74.006', -74.006],
  ['fraction', '1e-7', 1e-7],
  ['amount', '1.234,5', '1234.5'],
  ['amount', 12.5, '12.5'],
  ['truth', ' YES ', true],
  ['truth', 'off', false],
  ['truth', '0', false],
  ['calendarDay', '2027-01-31', day('2027-01-31')],
  ['calendarDay', '2027/01/31', day('2027-01-31')],
  ['calendarDay', '31.1.2027', day('2027-01-31')],
  ['calendarDay', '2027-01-31 00:00:00', day('2027-01-31')],
  ['calendarDay', '2027-01-31T00:00:00Z', day('2027-01-31')],
  ['choice', 'Plug-in hybrid', 'plug_in_hybrid'],
  ['choice', 'ACTIVE', 'active'],
  ['freeJson', '{"rack": 4}', { rack: 4 }],
  ['freeJson', { rack: 4 }, { rack: 4 }],
  ['id', ' 12 ', 12],
  ['id', 'somebody', -1],
]

it.each(READ)('%s is read: %j', (kind, written, value) => {
  expect(KINDS[kind].read(written)).toEqual(value)
})

const LEFT: [Named, unknown][] = [
  ['words', 5],
  ['whole', true],
  ['truth', 1],
  ['calendarDay', 20_270_131],
  ['choice', ['active']],
]

it.each(LEFT)('%s: %j, which is no text, is left to the rules of a creation', (kind, value) => {
  expect(KINDS[kind].read(value)).toBe(value)
})

const REFUSED: [Named, unknown, string][] = [
  ['words', 'a\0b', 'A string must not contain the character NUL.'],
  ['words', '\ud800', 'A string must be well-formed Unicode (a lone surrogate was found).'],
  ['whole', '12.5', 'must be a whole number, like 81200.'],
  ['amount', '12.1234567', 'A decimal is a number like "1250.00": at most 18 digits before and 6 after the point.'],
  ['amount', '1,234', 'could be 1234 or 1.234; write one of them so.'],
  ['truth', 'perhaps', 'must be true or false (or yes, no, 1, 0).'],
  ['calendarDay', '2027-02-30', 'A date is an existing day, like "2026-05-23".'],
  ['calendarDay', '2027-01-31 08:00:00', 'A date is an existing day, like "2026-05-23".'],
  ['calendarDay', '01/02/2027', 'could have the month before the day or after it; write it like 2027-01-31.'],
  ['freeJson', '{rack}', 'must be a JSON object, like {"rack": 4}.'],
  ['freeJson', '{"__proto__": 1}', 'A key in JSON must not be __proto__.'],
]

it.each(REFUSED)('%s: %j is refused in a sentence', (kind, written, sentence) => {
  expect(() => KINDS[kind].read(written)).toThrow(new Unfit(sentence))
})
