import { describe, expect, it } from 'vitest'
import { read } from '../../../test/kit/file.ts'

describe('JSON', () => {
  it.each([
    ['an array', '[{"name": "a", "serialNumber": "b"},\n {"name": "c", "serial_number": null}]', [1, 2]],
    ['an object a line', '{"name": "a", "serialNumber": "b"}\r\n\n{"name": "c", "serial_number": null}', [1, 3]],
    ['a mark of UTF-8', '\ufeff[{"name": "a", "serialNumber": "b"}, {"name": "c", "serial_number": null}]', [1, 1]],
  ])('is read as %s', async (_what, file, lines) => {
    const { rows } = await read(file)
    expect(rows.map(({ said }) => said)).toEqual([
      { name: 'a', serial_number: 'b' },
      { name: 'c', serial_number: null },
    ])
    expect(rows.map(({ line }) => line)).toEqual(lines)
  })

  it.each(['json', 'jsonl'] as const)('%s: what is wrong with a row is that row’s', async (format) => {
    const rows = ['5', '[]', '{"name": "a", "colour": "b"}', '{"serialNumber": 1, "serial_number": 2}', '{"name": "c"}']
    const file = format === 'json' ? `[${rows.join(',\n')}]` : rows.join('\n')
    const told = await read(file, format)
    expect(told.rows.map(({ line, problems }) => [line, problems?.[0]])).toEqual([
      [1, ': must be a JSON object.'],
      [2, ': must be a JSON object.'],
      [3, 'colour: is not a column here; the valid ones are name, serial_number, is_active.'],
      [4, 'serial_number: is given twice.'],
      [5, undefined],
    ])
  })

  it('a line that is no JSON is that line’s problem', async () => {
    const { rows, end } = await read('{"name": "a"}\n{"name": \n{"name": "b"}')
    expect(end).toBeUndefined()
    expect(rows.map(({ problems }) => problems?.[0])).toEqual([
      undefined,
      expect.stringMatching(/^: is not JSON/),
      undefined,
    ])
  })

  it.each([
    ['{"name": "a"}', '1: is not an array of JSON objects.'],
    ['"a"', '1: is not an array of JSON objects.'],
    ['', '1: is not an array of JSON objects.'],
  ])('%j is no array', async (file, end) => {
    expect(await read(file, 'json')).toEqual({ rows: [], ignored: [], end })
  })

  it.each([
    ['[{"name": "a"},\n{"name": b}]', /^2: is not JSON throughout: /],
    ['[{"name": "a"},\n{"name": "b"', /^2: is not JSON throughout: /],
    ['[{"name": "a"}]\n[]', /^2: is not JSON throughout: something comes after the array\./],
    ['[{"name": "a"},\n{"name": "b"}}', /^2: is not JSON throughout: /],
    ['[{"name": "a"}\n,,{"name": "b"}]', /^2: is not JSON throughout: /],
    ['[{"name": "a"},\n]', /^2: is not JSON throughout: /],
    ['[{"name": "a"},\n{"name": "b"]]', /^2: is not JSON throughout: /],
    [`[{"name": "a"},\n{"name": "${'b'.repeat(1_100_000)}"}]`, /^2: is longer than a row can be/],
  ])('keeps what comes before the place where it breaks off: %#', async (file, end) => {
    const told = await read(file, 'json', 65_536)
    expect(told.rows.map(({ said }) => String(said?.name).slice(0, 10))).toEqual(['a'])
    expect(told.end).toMatch(end)
  })

  it('a line without end is not gathered up', async () => {
    const told = await read(`{"name": "a"}\n{"name": "${'b'.repeat(3_000_000)}"}`, 'jsonl', 65_536)
    expect([told.rows.length, told.end]).toEqual([1, '2: is longer than a row can be (1 MiB).'])
  })

  it('says what JSON.parse says, whatever is in its texts', async () => {
    const names = ['a]', '}{[,', '"', '\\', '\\"', '\ufeffü\ufeff', '\u2028', '🚚', 'a\nb']
    const { rows } = await read(JSON.stringify(names.map((name) => ({ name }))), 'json', 3)
    expect(rows.map(({ said }) => said?.name)).toEqual(names)
    expect((await read(' [ ] \n', 'json')).rows).toEqual([])
  })

  it('a key that is a prototype’s stays a key', async () => {
    const { rows } = await read('[{"name": "a", "__proto__": {"serial_number": "b"}}]')
    expect(rows[0]?.problems).toEqual([expect.stringMatching(/^__proto__: is not a column here/)])
  })
})
