import { type OperationDefinitionNode, parse } from 'graphql'
import { expect, it } from 'vitest'
import { createLead } from '../../src/crm/leads.ts'
import { createReader } from '../../src/read/reader.ts'
import { schema } from '../../src/schema.ts'
import { testGraph } from '../kit/graph.ts'

const graph = testGraph()

it.each(['{ leads { totalCount nodes { id } } }', '{ leads(filter: {name: {eq: "One"}}) { totalCount } }'])(
  'under the scope of another organization than the caller’s nothing is read: %s',
  async (text) => {
    const report = (error: unknown) => expect.fail(String(error))
    const read = createReader({ ...graph.kit.app, schema, report })
    const document = parse(text)
    const [operation] = document.definitions as [OperationDefinitionNode]
    const [a, b] = (['a', 'b'] as const).map((organization) => graph.as({ organization }).ctx)
    await createLead(a!, { name: 'One' })
    const own = await read(document, operation, {}, { ...a!, inTransaction: true })
    expect(own).toContain('"totalCount":')
    expect(await read(document, operation, {}, { ...a!, inTransaction: true, db: b!.db })).toBeUndefined()
  },
)
