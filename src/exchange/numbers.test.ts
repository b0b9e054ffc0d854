import { expect, it } from 'vitest'
import { understoodNumber } from './numbers.ts'

it.each([
  ['1234', '1234'],
  [' 1234.50 ', '1234.50'],
  ['-0.5', '-0.5'],
  ['+7', '7'],
  ['+1,234.50', '1234.50'],
  ['1e+3', '1e+3'],
  ['1,234.50', '1234.50'],
  ['1,234,567', '1234567'],
  ['1.234,50', '1234.50'],
  ['1.234.567', '1234567'],
  ['38500,00', '38500.00'],
  ['1234,567', '1234.567'],
  ['12 345,5', '12345.5'],
  ['12\u00a0345', '12345'],
  ["1'234.5", '1234.5'],
  ['1e-7', '1e-7'],
])('%j is the number %s', (written, number) => {
  expect(understoodNumber(written, 'fraction')).toEqual({ number })
})

it.each([
  ['81,200', '81200'],
  ['81 200', '81200'],
  ['81200', '81200'],
  ['2021.0', '2021'],
  ['-5', '-5'],
  ['1.234.567', '1234567'],
])('%j is the whole number %s', (written, number) => {
  expect(understoodNumber(written, 'whole')).toEqual({ number })
})

it.each([
  ['1,234', 'could be 1234 or 1.234; write one of them so.'],
  ['12.5 km', 'must be a number, like 1250.00.'],
  ['$5', 'must be a number, like 1250.00.'],
  ['1,23,456', 'must be a number, like 1250.00.'],
  ['1,234,56', 'must be a number, like 1250.00.'],
  ['1.2.3', 'must be a number, like 1250.00.'],
  ['Infinity', 'must be a number, like 1250.00.'],
  ['0x10', 'must be a number, like 1250.00.'],
])('%j is no number that can be told', (written, wrong) => {
  expect(understoodNumber(written, 'fraction')).toEqual({ wrong })
})

it.each(['twelve', '12,5', '1,2', '81.200', '81.000', '1e3', '1,234.5'])('%j is no whole number', (written) => {
  expect(understoodNumber(written, 'whole')).toEqual({ wrong: 'must be a whole number, like 81200.' })
})
