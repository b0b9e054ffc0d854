import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { buildSchema, validateSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { contractFiles } from '../../src/contract.ts'
import { schema } from '../../src/schema.ts'

const root = join(import.meta.dirname, '../..')
const printed = await contractFiles()

describe('the contract', () => {
  it.each([...printed])('schema/%s is what the code says (if not: npm run contract)', async (name, text) => {
    expect(await readFile(join(root, 'schema', name), 'utf8')).toBe(text)
  })

  it('has no file that nothing prints', async () => {
    const there = await readdir(join(root, 'schema'), { recursive: true, withFileTypes: true })
    const files = there.filter((entry) => entry.isFile() && entry.name !== 'CHANGELOG.md')
    expect(
      files.map(({ parentPath, name }) => join(parentPath, name).slice(join(root, 'schema/').length)).sort(),
    ).toEqual([...printed.keys()].sort())
  })

  it('is a valid schema, and reads back as one', () => {
    expect(validateSchema(schema)).toEqual([])
    expect(validateSchema(buildSchema(printed.get('schema.graphql')!))).toEqual([])
  })

  it.each([...printed].filter(([name]) => name.startsWith('openapi/')))('%s is valid OpenAPI', async (_name, text) => {
    const { valid, errors } = await new Validator().validate(JSON.parse(text))
    expect(errors).toBeUndefined()
    expect(valid).toBe(true)
  })
})

describe('the tree of packages', () => {
  it('holds one copy of graphql', async () => {
    const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, unknown>
    }
    expect(Object.keys(lock.packages).filter((path) => /(^|\/)node_modules\/graphql$/.test(path))).toEqual([
      'node_modules/graphql',
    ])
  })
})
