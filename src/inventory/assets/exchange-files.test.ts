import { describe, expect, it } from 'vitest'
import { assetImports } from '../../../test/kit/asset-import.ts'
import { testGraph } from '../../../test/kit/graph.ts'

const graph = testGraph()
const { assets, imported, names, refusal, tag } = assetImports(graph)

describe('a tag', () => {
  it('is meant by its name, its slug or its id, and several by a list', async () => {
    const [hot, cold] = [await tag({ name: 'Hot, very', slug: 'hot' }), await tag({ name: 'Cold' })]
    const lists = ['Cold', 'hot', hot, `"Cold, hot,${cold}"`, '"[""Hot, very"", ""Cold""]"', `"[${hot}, ""cold""]"`]
    const content = ['name,location,tag_ids', ...lists.map((list, i) => `t${i},tagged,${list}`)].join('\n')
    expect(await imported({ content })).toMatchObject({ imported: 6 })
    const shown = (await assets('tagged')).map(({ tags }: { tags: { name: string }[] }) => tags.map(({ name }) => name))
    expect(shown).toEqual([['Cold'], ['Hot, very'], ['Hot, very'], ...Array(3).fill(['Cold', 'Hot, very'])])
  })

  it('of a name that two have is not guessed', async () => {
    await tag({ name: 'Twin', slug: 'twin-1' })
    await tag({ name: 'Twin', slug: 'twin-2' })
    const { problems } = await imported({ content: 'name,location,tags\na,twins,Twin\nb,twins,twin-2' })
    expect(problems).toEqual([
      { line: 2, row: 1, field: 'tags', message: 'names two tags of one name; give the slug or the id.' },
    ])
    expect(await names('twins')).toEqual(['b'])
  })

  it.each([
    ['[5', 'must be names or ids of tags, separated by commas or as a JSON array.'],
    ['[true]', 'must be names or ids of tags, separated by commas or as a JSON array.'],
    ['a\0', 'A string must not contain the character NUL.'],
    ['["\\u0000"]', 'A string must not contain the character NUL.'],
    ['[1.5]', 'names a tag that does not exist.'],
  ])('is not meant by %j', async (tags, message) => {
    const { problems } = await imported({ content: JSON.stringify([{ name: 'a', tags }]) })
    expect(problems).toEqual([{ line: 1, row: 1, field: 'tags', message }])
  })

  it('is one of at most 100', async () => {
    const id = await tag({ name: 'Often' })
    const { problems } = await imported({ content: `name,tags\na,"${Array(101).fill(id).join()}"` })
    expect(problems).toEqual([{ line: 2, row: 1, field: 'tags', message: 'must be at most 100 tags.' }])
  })

  it('of another organization does not exist', async () => {
    const theirs = await tag({ name: 'Theirs' }, 'b')
    const { problems } = await imported({ content: `name,tags\na,Theirs\nb,${theirs}\nc,theirs` })
    const message = 'names a tag that does not exist.'
    expect(problems.map(({ message }: { message: string }) => message)).toEqual([message, message, message])
  })
})

describe('a file', () => {
  it.each([
    [
      { content: 'name,colour\na,b' },
      {
        content: [
          expect.stringMatching(
            /^has the column "colour", which is not a column here; the valid ones are name, asset_type, /,
          ),
        ],
      },
    ],
    [{ content: '' }, { content: ['is empty; its first line names the columns.'] }],
    [{ content: '{"name": "a"}', format: 'JSON' }, { content: ['is not an array of JSON objects.'] }],
    [{}, { content: ['is needed, or a documentId.'] }],
    [{ content: 'name\na', documentId: '5' }, { documentId: ['is given beside a content; give one of the two.'] }],
  ])('that cannot be read is refused: %j', async (input, fields) => {
    expect(await refusal(input)).toMatchObject({ code: 'INVALID_REQUEST', fields })
  })

  it('with more rows than a request can wait for is refused before the first is kept', async () => {
    const content = `name,location\n${'x,many\n'.repeat(10_001)}`
    expect(await refusal({ content })).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', status: 413 })
    expect(await names('many')).toEqual([])
  })

  it('that breaks off is told where, and what came before is kept unless the import is atomic', async () => {
    const content = 'name,location\na,torn\nb,torn\n"c"x,torn\nd,torn'
    const report = await imported({ content })
    expect(report).toMatchObject({ rows: 2, imported: 2, refused: 0, complete: false })
    expect(report.problems).toEqual([
      { line: 4, row: null, field: null, message: expect.stringMatching(/Nothing after this was read\.$/) },
    ])
    expect(await names('torn')).toEqual(['a', 'b'])
    expect(await imported({ content, atomic: true })).toMatchObject({ rows: 2, imported: 0, complete: false })
    expect(await names('torn')).toHaveLength(2)
  })

  it('may be a document, of one’s own and with the permission to read it', async () => {
    const upload = `mutation ($input: UploadDocumentInput!) { uploadDocument(input: $input) { id } }`
    const content = Buffer.from('name,location\na,documented').toString('base64')
    const file = async (organization: 'a' | 'b') =>
      (await graph.as({ organization }).run(upload, { input: { name: 'assets.csv', content } })).data.uploadDocument.id
    const [ours, theirs] = [await file('a'), await file('b')]
    expect(await imported({ documentId: ours })).toMatchObject({ imported: 1 })
    expect(await names('documented')).toEqual(['a'])
    expect(await refusal({ documentId: theirs })).toMatchObject({ code: 'NOT_FOUND' })
    const writer = { permissions: ['assets:write'] as const }
    expect(await refusal({ documentId: ours }, writer)).toMatchObject({ code: 'FORBIDDEN', need: 'documents:read' })
  })

  it('is for those who may write', async () => {
    const reader = { permissions: ['assets:read'] as const }
    expect(await refusal({ content: 'name\na' }, reader)).toMatchObject({ code: 'FORBIDDEN', need: 'assets:write' })
  })
})
