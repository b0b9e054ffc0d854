import type { Body } from './body.ts'
import type { Dialect } from './dialect.ts'
import { DIALECTS } from './dialects/all.ts'
import type { Endpoint } from './endpoint.ts'
import { bodySchema } from './facade-schema.ts'
import type { JsonSchema } from './json-schema.ts'
import { errorResponses, errorSchemas } from './openapi-errors.ts'
import { type Sofa, sofaPath } from './sofa.ts'

type Schema = JsonSchema & Record<string, unknown>
type Parameter = { name: string; in: string; required?: boolean; schema: Schema; description?: string }
type Content = Record<string, { schema: Schema | JsonSchema; example?: unknown }>
type Operation = Record<string, unknown> & {
  parameters?: Parameter[]
  responses: Record<string, { content?: Content }>
}
type Paths = Record<string, Record<string, Operation>>
type Document = Record<string, unknown> & { paths: Paths; components: { schemas: Record<string, Schema> } }

export type About = { version: string; publicUrl?: string | undefined }

const LICENSE = { name: 'MIT', url: 'https://opensource.org/license/mit' }

const openPath = (path: string) => path.replace(/:(\w+)/g, '{$1}')

const sentence = (text: string) => /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text

const words = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()

/** `/api/v1/auth/login` and `/api/healthz` are about `auth` and `healthz`. */
const tagOf = (path: string): string => path.replace(/^\/api\/(v1\/)?/, '').split('/')[0] as string

/** SOFA saw the path's parameters as `~id`, so it took them for query parameters. */
function parametersOf(endpoint: Endpoint, printed: readonly Parameter[]) {
  return endpoint.parameters.map((parameter) => {
    const found = printed.find(({ name }) => name === parameter.name)
    const { description: _description, ...schema } = found?.schema ?? parameter.schema
    const separated = schema.type === 'array' && { style: 'form', explode: false }
    const open = parameter.open && { style: 'form', explode: true }
    return {
      name: parameter.name,
      in: parameter.in,
      required: parameter.required,
      ...(parameter.description && { description: parameter.description }),
      ...separated,
      ...open,
      schema,
    }
  })
}

const FILE_FIELDS = new Set(['content', 'name', 'mimeType'])

/** A form: the file, and the input's other fields as text. */
function uploadSchema({ slots }: Body, { casing }: Dialect): JsonSchema {
  const others = slots.filter(({ name }) => !FILE_FIELDS.has(name))
  const fields = others.map(({ name }) => [casing(name), { type: 'string' }] as const)
  return {
    type: 'object',
    required: ['content'],
    properties: { content: { type: 'string', format: 'binary' }, ...Object.fromEntries(fields) },
  }
}

function requestBody(endpoint: Endpoint, sofa: Sofa) {
  if (!endpoint.body) return undefined
  const content = endpoint.route.multipart
    ? { 'multipart/form-data': { schema: uploadSchema(endpoint.body, endpoint.dialect) } }
    : { 'application/json': { schema: bodySchema(endpoint.body, endpoint, sofa.facade) } }
  return { required: true, content }
}

const DESCRIPTIONS: Record<number, string> = {
  200: 'The answer.',
  201: 'Created.',
  202: 'Queued.',
  204: 'Done; no body.',
}

function success({ status, route, method, list, dialect }: Endpoint, printed: Operation['responses']) {
  const content: Content = route.raw
    ? { '*/*': { schema: { type: 'string', format: 'binary' } } }
    : {
        'application/json': {
          ...printed[status]?.content?.['application/json'],
          ...(route.example !== undefined && { example: route.example }),
        } as Content[string],
      }
  const headers = {
    ...(method === 'GET' && { ETag: { description: 'What to send as `If-None-Match`.', schema: { type: 'string' } } }),
    ...(list &&
      dialect.name === 'dashboard' && {
        Link: { description: 'The next page, `rel="next"`.', schema: { type: 'string' } },
      }),
  }
  const description = DESCRIPTIONS[status] ?? 'Done.'
  if (status === 204) return { description }
  return { description, ...(Object.keys(headers).length > 0 && { headers }), content }
}

function operation(endpoint: Endpoint, printed: Operation, sofa: Sofa): Record<string, unknown> {
  const { id, field, path, status, route } = endpoint
  const description = field.description ?? ''
  const parameters = parametersOf(endpoint, printed.parameters ?? [])
  const body = requestBody(endpoint, sofa)
  return {
    operationId: id,
    tags: [tagOf(path)],
    summary: sentence(description || `${words(id)}.`).replace(/\.$/, ''),
    ...(description && { description }),
    ...(route.public && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: body }),
    responses: { [status]: success(endpoint, printed.responses), ...errorResponses(endpoint) },
  }
}

/** `GET /api/` of the dialect that owns it. */
const index = (responses: Record<string, unknown>) => ({
  operationId: 'resources',
  tags: ['resources'],
  summary: 'Every resource and its address',
  security: [],
  responses: {
    200: {
      description: 'Addresses by name.',
      content: {
        'application/json': { schema: { type: 'object', additionalProperties: { type: 'string', format: 'uri' } } },
      },
    },
    ...responses,
  },
})

const plain = ({ route, ...others }: Endpoint): Endpoint => ({
  ...others,
  ...{
    route: { ...route, public: true },
    method: 'GET',
    path: '/api/',
    parameters: [],
    body: undefined,
    list: undefined,
  },
})

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))

const referred = (value: unknown): string[] =>
  [...JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name as string)

/** The schemas that the paths lead to, directly or through one another. */
function used<T>(paths: unknown, schemas: Record<string, T>): Record<string, T> {
  const found = new Set(referred(paths))
  for (const name of found) for (const next of referred(schemas[name] ?? {})) found.add(next)
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => found.has(name)))
}

function pathsOf(sofa: Sofa, endpoints: readonly Endpoint[], printed: Paths): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const endpoint of endpoints) {
    const method = endpoint.method.toLowerCase()
    const seen = printed[sofaPath(endpoint.path)]?.[method]
    if (!seen) throw new Error(`${endpoint.route.route} is missing from its document.`)
    paths[openPath(endpoint.path)] = { ...paths[openPath(endpoint.path)], [method]: operation(endpoint, seen, sofa) }
  }
  const [first] = endpoints
  if (first?.dialect.name === 'clientst0r') paths['/api/'] = { get: index(errorResponses(plain(first))) }
  return sorted(paths)
}

/** The document that SOFA printed, with what SOFA cannot know: bodies, errors, tags, security, paths as documented. */
export function openApiDocument(sofa: Sofa, endpoints: readonly Endpoint[], { version, publicUrl }: About) {
  const { dialect } = sofa.facade
  const { title, description } = DIALECTS[dialect.name]
  const printed = structuredClone(sofa.document) as Document
  const paths = pathsOf(sofa, endpoints, printed.paths)
  const tags = [
    ...new Set(
      Object.values(paths).flatMap((methods) =>
        Object.values(methods).flatMap((each) => (each as { tags: string[] }).tags),
      ),
    ),
  ]
  const schemas = used(paths, { ...printed.components.schemas, ...errorSchemas(dialect.errorSchema) })
  return {
    openapi: '3.0.3',
    info: { title, description, version, license: LICENSE },
    servers: [{ url: publicUrl ?? '/', description: 'This server.' }],
    security: [{ bearer: [] }],
    tags: tags.sort().map((name) => ({ name, description: `Everything under ${name}.` })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key of any family.' },
      },
      schemas: sorted(schemas),
    },
  }
}
