import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Validator } from '@seriousme/openapi-schema-validator'
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DialectName } from '../core/rest.ts'
import { eventReference } from './event-documents.ts'
import { openRest } from './fixture/rest.ts'
import { referenceRoutes } from './reference.ts'

type Operation = {
  operationId: string
  security?: unknown[]
  parameters?: { name: string; in: string; required: boolean; schema: Record<string, unknown> }[]
  requestBody?: { content: Record<string, { schema: Record<string, unknown> }> }
  responses: Record<string, { headers?: object; content?: Record<string, { schema: unknown; example?: unknown }> }>
}
type Document = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, { required?: string[]; properties: Record<string, Record<string, unknown>> }> }
}

const rest = openRest()
const printed = await rest.documents()
const documents = printed as unknown as Record<string, Document>
const NAMES = Object.keys(printed) as DialectName[]
const at = (dialect: string, path: string, method = 'get') => documents[dialect]?.paths[path]?.[method] as Operation
const schema = (dialect: string, name: string) => documents[dialect]?.components.schemas[name]

describe('every document', () => {
  test.each(NAMES)('%s is valid OpenAPI', async (name) => {
    const result = await new Validator().validate(structuredClone(printed[name]))
    expect(result).toMatchObject({ valid: true })
  })

  test('is the same each time', async () => {
    expect(JSON.stringify(await openRest().documents())).toBe(JSON.stringify(printed))
  })

  test('has no schema that nothing leads to', async () => {
    const empty = new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Query', fields: { ping: { type: GraphQLString } } }),
    })
    for (const document of Object.values(await openRest(empty).documents())) {
      expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true })
      expect(document).toMatchObject({ paths: {}, components: { schemas: {} } })
    }
  })

  test.each(NAMES)('%s describes each refusal in the error schema of its dialect', (name) => {
    const operations = Object.values(documents[name]?.paths ?? {}).flatMap((methods) => Object.values(methods))
    for (const { responses } of operations)
      for (const [status, response] of Object.entries(responses).filter(([status]) => Number(status) >= 400))
        expect([status, response.content?.['application/json']?.schema]).toEqual([
          status,
          { $ref: expect.stringMatching(/schemas\/Error/) },
        ])
  })

  test.each(NAMES)("%s has every route of its dialect and nothing of SOFA's own", (name) => {
    const documented = Object.entries(documents[name]?.paths ?? {}).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const routes = rest.endpoints
      .filter(({ dialect }) => dialect.name === name)
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
    expect(documented.filter((each) => each !== 'GET /api/').sort()).toEqual(routes.sort())
    expect(JSON.stringify(documents[name])).not.toMatch(/"\/webhook|Leaf\d|~/)
  })
})

describe('the linter', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'opsgraph-openapi-'))
    const all = { ...documents, events: eventReference('1.2.3') }
    await Promise.all(
      Object.entries(all).map(([name, each]) => writeFile(join(folder, `${name}.json`), JSON.stringify(each))),
    )
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('finds nothing to say', async () => {
    const cli = join(dirname(createRequire(import.meta.url).resolve('@redocly/cli/package.json')), 'bin/cli.js')
    const config = join(import.meta.dirname, '.redocly.yaml')
    const files = [...NAMES, 'events'].map((name) => join(folder, `${name}.json`))
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_COLOR: '1' }
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [cli, 'lint', '--config', config, ...files],
      { env },
    )
    expect(stdout + stderr).toContain('Your API descriptions are valid')
    expect(stdout + stderr).not.toMatch(/\[\d+\] |warning/i)
  }, 30_000)
})

describe('a document', () => {
  test('shows parameters with their types, values, bounds and defaults', () => {
    const parameters = at('clientst0r', '/api/assets/').parameters ?? []
    const named = Object.fromEntries(parameters.map((each) => [each.name, each.schema]))
    expect(named.severity).toEqual({ type: 'string', enum: ['critical', 'high'] })
    expect(named.name_in).toEqual({ type: 'array', items: { type: 'string' } })
    expect(named.page_size).toEqual({ type: 'integer', minimum: 1, default: 25 })
    expect(at('devsphere', '/api/v1/leads').parameters?.find(({ name }) => name === 'limit')?.schema).toEqual({
      type: 'integer',
      minimum: 1,
      maximum: 200,
      default: 50,
    })
    const limit = at('dashboard', '/api/v1/droplets').parameters?.find(({ name }) => name === 'limit')
    expect(limit?.schema).toEqual({ type: 'integer', format: 'int32', maximum: 1000, default: 500 })
    expect(at('clientst0r', '/api/assets/{id}/').parameters?.[0]).toMatchObject({
      name: 'id',
      in: 'path',
      required: true,
    })
  })

  test('shows exactly the keys of an answer: what may be null, what may be absent', () => {
    const asset = schema('clientst0r', 'AssetDetail')
    expect(asset?.properties.ip_address).toEqual({ type: 'string', nullable: true })
    expect(asset?.required).toContain('ip_address')
    expect(asset?.required).not.toContain('secret')
    const anything = { type: 'object', additionalProperties: true }
    expect(asset?.properties.custom_fields).toEqual({ ...anything, nullable: true })
    const report = schema('dashboard', 'DropletReport')
    expect(report?.properties.warning).toEqual({ type: 'string' })
    expect(report?.required).toEqual(['count', 'totalMonthlyEstimate', 'droplets'])
    expect(schema('dashboard', 'Droplet')?.properties).toMatchObject({
      monthlyCost: { type: 'number' },
      category: { enum: ['branch_protection', 'secret'] },
    })
    expect(schema('devsphere', 'Lead')?.properties.score).toEqual({ type: 'string', format: 'decimal' })
  })

  test('shows bodies: as one input, as arguments, as a form', () => {
    const ref = (operation: Operation) => operation.requestBody?.content['application/json']?.schema
    expect(ref(at('clientst0r', '/api/assets/', 'post'))).toEqual({ $ref: '#/components/schemas/AssetInput' })
    expect(schema('clientst0r', 'AssetInput')?.required).toEqual(['name'])
    expect(schema('clientst0r', 'AssetPatchRequired')?.required).toEqual(['name'])
    expect(ref(at('baserdb', '/api/v1/auth/login', 'post'))).toEqual({ $ref: '#/components/schemas/LoginRequest' })
    expect(at('dashboard', '/api/v1/documents', 'post').requestBody?.content).toHaveProperty('multipart/form-data')
    expect(at('baserdb', '/api/v1/backups/runs', 'post').requestBody).toBeUndefined()
  })

  test('shows success as it is answered', () => {
    expect(Object.keys(at('clientst0r', '/api/assets/{id}/', 'delete').responses)).toContain('204')
    expect(at('clientst0r', '/api/assets/{id}/', 'delete').responses[204]?.content).toBeUndefined()
    expect(Object.keys(at('baserdb', '/api/v1/backups/runs', 'post').responses)).toContain('202')
    expect(at('dashboard', '/api/v1/droplets').responses[200]?.content?.['application/json']?.example).toMatchObject({
      count: 0,
    })
    expect(at('baserdb', '/api/v1/auth/login', 'post').security).toEqual([])
    expect(at('devsphere', '/api/v1/leads').responses[429]?.headers).toHaveProperty('Retry-After')
  })
})

describe('the reference', () => {
  const routes = referenceRoutes(rest)

  test('shows the four documents and the events, and loads nothing from elsewhere', async () => {
    const page = await routes('/reference')
    expect(String(page?.body)).not.toMatch(/https?:\/\//)
    for (const name of [...NAMES, 'events']) expect(String(page?.body)).toContain(`/openapi/${name}.json`)
    expect(page?.headers['content-security-policy']).toContain("script-src 'self'")
    expect(page?.headers['content-security-policy']).not.toMatch(/https?:|unsafe-eval/)
  })

  test('serves its script once and for all', async () => {
    const script = await routes('/reference/scalar.js')
    expect(script?.headers['cache-control']).toContain('immutable')
    expect(script?.body?.length).toBeGreaterThan(1_000_000)
    expect((await routes('/reference/scalar.js', script?.headers.etag))?.status).toBe(304)
    expect(String((await routes('/reference'))?.body)).toContain(
      `/reference/scalar.js?v=${script?.headers.etag?.slice(1, 11)}`,
    )
  })

  test('has a mark for the browser’s tab', async () => {
    const mark = await routes('/favicon.ico')
    expect(mark?.headers).toMatchObject({
      'content-type': 'image/svg+xml; charset=utf-8',
      'cache-control': 'public, max-age=86400',
    })
    expect(String(mark?.body)).toMatch(/^<svg .*<\/svg>\n$/s)
    expect(String((await routes('/reference'))?.body)).toContain(
      '<link rel="icon" type="image/svg+xml" href="/favicon.ico">',
    )
  })

  test('serves the documents as they are', async () => {
    expect(JSON.parse(String((await routes('/openapi/devsphere.json'))?.body))).toEqual(printed.devsphere)
    const events = JSON.parse(String((await routes('/openapi/events.json'))?.body))
    expect(events.webhooks).toHaveProperty(['monitor.down', 'post', 'requestBody'])
    expect(await routes('/openapi/nope.json')).toBeUndefined()
  })
})
