import { describe, expect, it } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'
import type { Input } from '../core/validate.ts'
import { createAsset } from './assets/verbs.ts'
import { createTag } from './tags.ts'

const graph = testGraph()

const PART = `query ($format: ExchangeFormat, $first: Int, $after: String, $search: String, $filter: AssetFilter) {
  assetExport(format: $format, first: $first, after: $after, search: $search, filter: $filter) {
    name mimeType content rows hasNextPage endCursor } }`

async function part(variables: Record<string, unknown>) {
  const { data, errors } = await graph.as().run(PART, variables)
  expect(errors).toBeUndefined()
  return data.assetExport
}

const HEADER =
  'id,name,asset_type,serial_number,model,manufacturer,hostname,ip_address,mac_address,location,notes,tags,custom_fields,is_active,created_at,updated_at'

async function some(location: string, inputs: Input[]) {
  const { ctx } = graph.as()
  const made: { id: number }[] = []
  for (const input of inputs) made.push(await createAsset(ctx, { location, ...input }))
  return made.map(({ id }) => id)
}

describe('an export', () => {
  it('is RFC 4180 with a header, and says of a row what its document says', async () => {
    const { ctx } = graph.as()
    const tag = await createTag(ctx, { name: 'Critical' })
    const notes = 'two\nlines, "quoted"'
    const [id] = await some('form', [
      { name: 'core', notes, customFields: { a: 1 }, isActive: false, tagIds: [tag.id] },
    ])
    const { content, ...rest } = await part({ filter: { location: { eq: 'form' } } })
    expect(rest).toEqual({
      name: 'assets.csv',
      mimeType: 'text/csv; charset=utf-8',
      rows: 1,
      hasNextPage: false,
      endCursor: expect.any(String),
    })
    const [header, ...row] = content.split('\r\n')
    expect(header).toBe(HEADER)
    expect(row.join('\r\n')).toMatch(
      new RegExp(
        `^${id},core,other,,,,,,,form,"two\nlines, ""quoted""",Critical,"\\{""a"":1\\}",false,\\S+Z,\\S+Z\r\n$`,
      ),
    )
  })

  it('has no formula in it', async () => {
    const inputs = ['=1+1', '+1', '-1', '@x'].map((text) => ({ name: text, notes: `\t${text}` }))
    await some('formulas', inputs)
    const { content } = await part({ filter: { location: { eq: 'formulas' } } })
    for (const cell of content.split(/[,\r\n]+/)) expect(cell).not.toMatch(/^"?[=+\-@\t]/)
    expect(content).toContain(",'=1+1,")
  })

  it('comes in parts that put together are one file', async () => {
    const ids = await some('parts', [{ name: 'p1' }, { name: 'p2' }, { name: 'p3' }, { name: 'p4' }, { name: 'p5' }])
    for (const format of ['CSV', 'JSONL']) {
      const asked = { format, first: 2, filter: { location: { eq: 'parts' } } }
      const parts = [await part(asked)]
      while (parts.at(-1).hasNextPage) parts.push(await part({ ...asked, after: parts.at(-1).endCursor }))
      expect(parts.map(({ rows }) => rows)).toEqual([2, 2, 1])
      const whole = parts.map(({ content }) => content).join('')
      const { content } = await part({ ...asked, first: 5000 })
      expect(whole).toBe(content)
      for (const id of ids) expect(whole).toContain(String(id))
    }
  })

  it('is narrowed as the list is, and empty where nothing fits', async () => {
    await some('narrow', [{ name: 'zebra printer' }, { name: 'other' }])
    const { content } = await part({ format: 'JSON', search: 'ZEBRA', filter: { location: { eq: 'narrow' } } })
    expect(JSON.parse(content).map(({ name }: { name: string }) => name)).toEqual(['zebra printer'])
    const nothing = { filter: { location: { eq: 'nowhere' } } }
    expect(await part(nothing)).toMatchObject({
      content: `${HEADER}\r\n`,
      rows: 0,
      endCursor: null,
      hasNextPage: false,
    })
    expect((await part({ ...nothing, format: 'JSON' })).content).toBe('[]\n')
    expect((await part({ ...nothing, format: 'JSONL' })).content).toBe('')
  })

  it.each([0, -1, 5001])('has no part of %d rows', async (first) => {
    const { errors } = await graph.as().run(PART, { first })
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'INVALID_REQUEST',
      fields: { first: ['must be between 1 and 5000.'] },
    })
  })

  it('needs the permission to read, and a cursor of its own', async () => {
    const { errors } = await graph.as({ permissions: ['vehicles:read'] }).run(PART)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'assets:read' })
    const wrong = await graph.as().run(PART, { after: 'nonsense' })
    expect(wrong.errors?.[0]?.extensions).toMatchObject({
      code: 'INVALID_REQUEST',
      fields: { after: [expect.any(String)] },
    })
  })
})
