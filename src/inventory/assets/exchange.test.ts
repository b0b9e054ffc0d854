import { describe, expect, it } from 'vitest'
import { assetImports, IMPORT } from '../../../test/kit/asset-import.ts'
import { testGraph } from '../../../test/kit/graph.ts'

const graph = testGraph()
const { assets, imported, names, tag } = assetImports(graph)

const CREATE = 'mutation ($input: CreateAssetInput!) { createAsset(input: $input) { id } }'
const GOOD = { refused: 0, complete: true, problemCount: 0, problems: [], ignoredColumns: [] }

describe('an import', () => {
  it('makes what a creation with the same words makes', async () => {
    const red = await tag({ name: 'Red Zone' })
    const content = [
      'name;assetType;Serial Number;model;manufacturer;hostname;ip_address;mac_address;location;notes;tags;custom_fields;is_active',
      '"core; switch";switch;SN-1;C9300;Cisco;core.example.com;2001:db8::1;00:1b:44:11:3a:b7;whole;"two\nlines";Red Zone;"{""rack"": {""unit"": 4}}";no',
    ].join('\r\n')
    expect(await imported({ content: `\ufeff${content}` })).toEqual({ ...GOOD, rows: 1, imported: 1 })
    const input = {
      ...{ name: 'core; switch', assetType: 'switch', serialNumber: 'SN-1', model: 'C9300', manufacturer: 'Cisco' },
      ...{ hostname: 'core.example.com', ipAddress: '2001:db8::1', macAddress: '00:1b:44:11:3a:b7' },
      ...{
        location: 'whole',
        notes: 'two\nlines',
        tagIds: [red],
        customFields: { rack: { unit: 4 } },
        isActive: false,
      },
    }
    expect((await graph.as().run(CREATE, { input })).errors).toBeUndefined()
    const [one, other] = await assets('whole')
    expect({ ...one, id: null }).toEqual({ ...other, id: null })
  })

  it('announces and audits every row, told as a creation tells it', async () => {
    const blue = await tag({ name: 'Trail' })
    const { ctx, run } = graph.as()
    await run(CREATE, { input: { name: 'single', location: 'trail', tagIds: [blue] } })
    const content = 'name,location,tags\nfirst,trail,Trail\nsecond,trail,\n'
    await run(IMPORT, { input: { content } })
    const [single, first, second] = await assets('trail')
    const { events, audit } = await graph.trail()
    const mine = events.filter(({ requestId }) => requestId === ctx.requestId)
    expect(mine.map(({ type, data }) => [type, (data as { id: number }).id])).toEqual([
      ['asset.created', Number(single.id)],
      ['asset.created', Number(first.id)],
      ['asset.created', Number(second.id)],
    ])
    const changing = { id: 0, name: '', createdAt: '', updatedAt: '' }
    expect({ ...(mine[1]!.data as object), ...changing }).toEqual({ ...(mine[0]!.data as object), ...changing })
    expect(mine[2]!.data).toMatchObject({ name: 'second', tagIds: [] })
    const rows = audit.filter(({ requestId }) => requestId === ctx.requestId)
    expect(
      rows.map(({ action, targetType, targetId, changes, address }) => [
        action,
        targetType,
        targetId,
        changes,
        address,
      ]),
    ).toEqual(
      mine.map(({ data }) => ['asset.created', 'asset', String((data as { id: number }).id), data, ctx.address]),
    )
    expect(single.createdById).toBe(first.createdById)
  })

  it('keeps the order of the file, over batches', async () => {
    const expected = Array.from({ length: 1201 }, (_, i) => `n${i}`)
    const content = ['name,location', ...expected.map((name) => `${name},ordered`)].join('\n')
    expect(await imported({ content })).toMatchObject({ rows: 1201, imported: 1201 })
    const { data } = await graph.as().run(`{ assets(filter: { location: { eq: "ordered" } }) { totalCount } }`)
    expect(data.assets.totalCount).toBe(1201)
    const ids = await graph.kit.app.query<{ name: string }>(
      "SELECT name FROM asset WHERE location = 'ordered' ORDER BY id",
      [],
    )
    expect(ids.map(({ name }) => name)).toEqual(expected)
  })

  it('leaves to their defaults what no cell says, whatever other rows say', async () => {
    const content =
      'name,location,asset_type,is_active,custom_fields\na,sparse,server,false,{}\nb,sparse,,,\nc,sparse,,,"{""x"":1}"'
    expect(await imported({ content })).toMatchObject({ imported: 3 })
    const [a, b, c] = await assets('sparse')
    expect([a.assetType, a.isActive]).toEqual(['server', false])
    for (const row of [b, c]) expect(row).toMatchObject({ assetType: 'other', isActive: true, notes: null })
    expect([b.customFields, c.customFields]).toEqual([{}, { x: 1 }])
  })

  it.each([
    ['an array', (rows: object[]) => JSON.stringify(rows)],
    ['an object a line', (rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n')],
  ])('takes %s as the documents show assets', async (what, written) => {
    const { data } = await graph.as().run(CREATE, { input: { name: 'shown' } })
    const { app } = graph.kit
    const slug = `json-${what.length}`
    const id = await tag({ name: `Json ${slug}`, slug })
    const row = {
      ...{
        id: Number(data.createAsset.id),
        name: 'from json',
        asset_type: 'server',
        serial_number: null,
        location: slug,
      },
      ...{
        tags: [{ id: 1, name: `Json ${slug}`, slug, color: '#ffffff' }],
        custom_fields: { a: [1] },
        is_active: false,
      },
      ...{ organization: 1, organization_name: 'x', created_by: 1, created_by_name: 'x', created_at: app.clock.now() },
    }
    const report = await imported({ content: written([row, { ...row, tags: [slug, Number(id)] }]) })
    expect(report).toMatchObject({ imported: 2, refused: 0 })
    expect(report.ignoredColumns).toEqual([
      'id',
      'organization',
      'organization_name',
      'created_by',
      'created_by_name',
      'created_at',
    ])
    for (const made of await assets(slug)) {
      expect(made).toMatchObject({
        assetType: 'server',
        isActive: false,
        customFields: { a: [1] },
        tags: [{ name: `Json ${slug}` }],
      })
      expect(made.id).not.toBe(data.createAsset.id)
    }
  })
})

describe('a row that is refused', () => {
  const BAD: [string, object][] = [
    ['ip_address\n999.1.1.1', { ipAddress: '999.1.1.1' }],
    ['macAddress\n00:1b', { macAddress: '00:1b' }],
    [`serial_number\n${'x'.repeat(201)}`, { serialNumber: 'x'.repeat(201) }],
    ['custom_fields\n[1]', { customFields: [1] }],
    ['tags\nnobody', { tagIds: ['2000000000'] }],
    ['tags\n2000000000', { tagIds: ['2000000000'] }],
  ]

  it.each(BAD)('is refused in the words of a creation: %#', async (cell, input) => {
    const [header, value] = cell.split('\n')
    const report = await imported({ content: `name,${header}\nx,${value}` })
    const { errors } = await graph.as().run(CREATE, { input: { name: 'x', ...input } })
    const [sentences] = Object.values(errors![0]!.extensions.fields as Record<string, string[]>)
    expect(report).toMatchObject({ rows: 1, imported: 0, refused: 1, problemCount: 1 })
    expect(report.problems).toEqual([{ line: 2, row: 1, field: header, message: sentences![0] }])
  })

  it('is told with its line and each of its fields, and the others are kept', async () => {
    const content = [
      'name,location,ipAddress,is_active',
      'good,mixed,10.0.0.1,yes',
      '"two\nlines",mixed,nowhere,perhaps',
      ',mixed,10.0.0.2,',
      'also good,mixed,,',
    ].join('\n')
    const report = await imported({ content })
    expect(report).toMatchObject({ rows: 4, imported: 2, refused: 2, complete: true, problemCount: 3 })
    expect(report.problems).toEqual([
      { line: 3, row: 2, field: 'is_active', message: 'must be true or false (or yes, no, 1, 0).' },
      { line: 3, row: 2, field: 'ipAddress', message: 'must be an IPv4 or IPv6 address.' },
      { line: 5, row: 3, field: 'name', message: 'must not be null.' },
    ])
    expect(await names('mixed')).toEqual(['good', 'also good'])
  })

  it('keeps all others out where the import is atomic', async () => {
    const rows = Array.from({ length: 700 }, (_, i) => `a${i},atomic,`)
    const before = (await graph.trail()).events.length
    const content = ['name,location,ip_address', ...rows, 'bad,atomic,nowhere'].join('\n')
    const report = await imported({ content, atomic: true })
    expect(report).toMatchObject({ rows: 701, imported: 0, refused: 1, problems: [{ line: 702, field: 'ip_address' }] })
    expect(await names('atomic')).toEqual([])
    expect((await graph.trail()).events).toHaveLength(before)
    expect(await imported({ content: content.replace('nowhere', '10.0.0.1'), atomic: true })).toMatchObject({
      imported: 701,
    })
    expect((await graph.trail()).events).toHaveLength(before + 701)
  })

  it('is found without keeping anything in a dry run', async () => {
    const content = 'name,location,ip_address\na,dry,\nb,dry,nowhere'
    expect(await imported({ content, dryRun: true })).toMatchObject({ rows: 2, imported: 1, refused: 1 })
    expect(await names('dry')).toEqual([])
  })

  it('is counted beyond the first 200 that are shown', async () => {
    const content = `name,ip_address\n${'x,nowhere\n'.repeat(201)}`
    const report = await imported({ content })
    expect([report.problems.length, report.problemCount, report.refused]).toEqual([200, 201, 201])
  })
})
