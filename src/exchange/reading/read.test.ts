import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RUNS, SEED } from '../../../test/fuzz/hostile.ts'
import { read } from '../../../test/kit/file.ts'

it('a file in another encoding is told how to be saved', async () => {
  const end = '?: is not UTF-8 throughout. Save it as UTF-8 (in a spreadsheet program: "CSV UTF-8").'
  for (const file of [Buffer.from('name\nK\xf6ln\n', 'latin1'), Buffer.from('\ufeffname\na', 'utf16le')])
    expect((await read(file, 'csv')).end).toBe(end)
})

it('a file says the same however its bytes come in', async () => {
  const cell = fc.array(fc.constantFrom('a', 'ü', '🚚', ',', ';', '"', '""', '\n', '\r\n', '[', '{', "'", '='), {
    maxLength: 5,
  })
  const file = fc.oneof(
    fc
      .array(fc.tuple(cell, cell), { maxLength: 6 })
      .map((rows) =>
        ['name,serial_number', ...rows.map((cells) => cells.map((cell) => cell.join('')).join(','))].join('\n'),
      ),
    fc
      .array(fc.dictionary(fc.constantFrom('name', 'colour', 'id'), fc.string({ unit: 'binary' })), { maxLength: 4 })
      .map((rows) => JSON.stringify(rows, null, 1)),
    fc
      .array(fc.dictionary(fc.constantFrom('name', 'colour', 'id'), fc.string({ unit: 'grapheme' })), { maxLength: 4 })
      .map((rows) => rows.map((row) => JSON.stringify(row)).join('\r\n')),
  )
  await fc.assert(
    fc.asyncProperty(file, fc.integer({ min: 1, max: 9 }), async (text, size) => {
      expect(await read(text, undefined, size)).toEqual(await read(text))
    }),
    { seed: SEED, numRuns: 500 * RUNS },
  )
})
