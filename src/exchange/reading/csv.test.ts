import { describe, expect, it } from 'vitest'
import { read } from '../../../test/kit/file.ts'

const said = async (file: string) => (await read(file)).rows.map((row) => row.said)

describe('a table', () => {
  it.each([
    ['snake_case', 'name,serial_number,is_active\n'],
    ['camelCase', 'name,serialNumber,isActive\n'],
    ['words', 'Name,Serial Number,Is active\n'],
    ['a mark of UTF-8', '\ufeffname,serial_number,is_active\n'],
    ['quotes', '"name","serial_number","is_active"\n'],
    ['another name', 'name,serial_number,enabled\n'],
  ])('is read under a header in %s', async (_what, header) => {
    expect(await said(`${header}a,b,yes\n`)).toEqual([{ name: 'a', serial_number: 'b', is_active: 'yes' }])
  })

  it.each([
    ['LF', 'name,serial_number\na,b\nc,d\n'],
    ['CRLF', 'name,serial_number\r\na,b\r\nc,d\r\n'],
    ['CR', 'name,serial_number\ra,b\rc,d\r'],
    ['no last line ending', 'name,serial_number\na,b\nc,d'],
    ['semicolons', 'name;serial_number\na;b\nc;d\n'],
    ['tabs', 'name\tserial_number\na\tb\nc\td\n'],
    ['empty lines', 'name,serial_number\n\na,b\n\r\nc,d\n\n'],
    ['lines of delimiters', 'name,serial_number\na,b\n,\nc,d\n,,,\n'],
  ])('is read with %s', async (_what, file) => {
    expect(await said(file)).toEqual([
      { name: 'a', serial_number: 'b' },
      { name: 'c', serial_number: 'd' },
    ])
  })

  it('has commas, quotes and line endings within quotes, and lines are counted through them', async () => {
    const { rows } = await read('name,serial_number\r\n"a, ""b""\r\nc",1\r\n\r\n"d\n\ne",2\nf,3')
    expect(rows).toEqual([
      { line: 2, row: 1, said: { name: 'a, "b"\r\nc', serial_number: '1' } },
      { line: 5, row: 2, said: { name: 'd\n\ne', serial_number: '2' } },
      { line: 8, row: 3, said: { name: 'f', serial_number: '3' } },
    ])
  })

  it('says nothing in an empty cell, in quotes or not, nor where a row is cut short', async () => {
    expect(await said('name,serial_number\na,\nb,""\nc')).toEqual([{ name: 'a' }, { name: 'b' }, { name: 'c' }])
  })

  it('takes the apostrophe away that keeps a text from being a formula', async () => {
    expect(await said("name,serial_number\n'=1+1,''-1\n'a,'")).toEqual([
      { name: '=1+1', serial_number: "'-1" },
      { name: "'a", serial_number: '' },
    ])
  })

  it('ignores what the server alone writes, and says so', async () => {
    const { rows, ignored } = await read('id,name,created_at,organization\n5,a,b,c\n')
    expect([rows[0]?.said, ignored]).toEqual([{ name: 'a' }, ['id', 'created_at', 'organization']])
  })

  it.each([
    [
      'name,colour\na,b',
      '1: has the column "colour", which is not a column here; the valid ones are name, serial_number, is_active.',
    ],
    ['name,serial_number,serialNumber\na,b,c', '1: has the column serial_number twice.'],
    ['', '?: is empty; its first line names the columns.'],
    ['\n\n', '?: is empty; its first line names the columns.'],
  ])('%j is refused before a row is read', async (file, end) => {
    expect(await read(file, 'csv')).toEqual({ rows: [], ignored: [], end })
  })

  it('has no value in a column without a name', async () => {
    const { rows } = await read('name,serial_number,\na,b,\nc,d,e\nf,g,,h')
    const problem = (column: number) => [`: has a value in column ${column}, which the header does not name.`]
    expect(rows.map(({ problems }) => problems)).toEqual([undefined, problem(3), problem(4)])
  })

  it('goes on after a quote within a value', async () => {
    const { rows, end } = await read('name,serial_number\na,b\nc,5" rack\nd,7" rack\ne,f\n')
    const quote = 'serial_number: has a quote within a value; double it and quote the whole value, like "5"" rack".'
    expect(end).toBeUndefined()
    expect(rows.map(({ line, problems }) => [line, problems])).toEqual([
      [2, undefined],
      [3, [quote]],
      [4, [quote]],
      [5, undefined],
    ])
  })

  it.each([
    ['name\na\n"b"c\nd\n', '3: has something behind the closing quote of a value; double the quotes within a value.'],
    ['name\na\n"b\nc\nd\n', '3: opens a quote that is never closed.'],
    [`name\na\n${'b'.repeat(1_100_000)}\nc`, '3: is longer than a row can be (1 MiB).'],
  ])('keeps what comes before the place where it breaks off: %#', async (file, end) => {
    const told = await read(file)
    expect(told.rows.map(({ said }) => said)).toEqual([{ name: 'a' }])
    expect(told.end).toBe(end)
  })
})
