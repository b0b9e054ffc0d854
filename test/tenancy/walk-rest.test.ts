import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CANARY } from '../../src/demo/canary.ts'
import type { Endpoint } from '../../src/rest/endpoint.ts'
import { createRest } from '../../src/rest/rest.ts'
import { schema } from '../../src/schema.ts'
import { Caller } from '../guards/generate/caller.ts'
import { foreignIds, inputFor } from '../guards/generate/input.ts'
import { MISSING, modelOfId, OwnRows } from '../guards/generate/rows.ts'
import { isConnection, modelOf, nodeOf } from '../guards/generate/selection.ts'
import { type Answer, testServer } from '../kit/server.ts'

const server = testServer()
const { endpoints } = createRest({ schema, execute: () => expect.fail('nothing runs here'), version: '0' })
const MARK = /canary|9999\d\d\.00/i
const MODEL_OF: Record<string, string> = {
  deleteProject: 'Project',
  documentContent: 'Document',
  passwordOtp: 'PasswordEntry',
  replayWebhookEvents: 'WebhookEndpoint',
  requestCredential: 'Credential',
  revealCredential: 'Credential',
  testWebhookEndpoint: 'WebhookEndpoint',
  deleteTableRow: 'ManagedTable',
  insertTableRows: 'ManagedTable',
  tableRow: 'ManagedTable',
  tableRows: 'ManagedTable',
  updateTableRow: 'ManagedTable',
  webhookDeliveryAttempts: 'WebhookDelivery',
  webhookEndpointDeliveries: 'WebhookEndpoint',
}
const NOBODYS_WORD = 'nosuchword'

let mine: OwnRows
let theirs: OwnRows
let before: Record<string, string>
const keys: Record<string, string> = {}

beforeAll(async () => {
  await server.app.query('UPDATE api_key SET bucket_capacity = 1000000', [])
  for (const family of ['dashboard', 'devsphere', 'clientst0r']) keys[family] = server.key(family)
  keys.admin = server.key('Trusted service')
  mine = new OwnRows(server.app, (await Caller.of(server, keys.admin!)).ctx.organizationId)
  theirs = new OwnRows(
    server.app,
    (await Caller.of(server, server.key(`${CANARY} Trusted service`, 1))).ctx.organizationId,
  )
  before = await theirs.fingerprints()
})
afterAll(async () => expect(await theirs.fingerprints()).toEqual(before))

/** An answer without what differs from one request to the next. */
const plain = ({ status, headers, text }: Answer): string => {
  const id = headers.get('x-request-id')!
  return `${status} ${headers.get('content-type')}\n${text.replaceAll(id, '…')}`
}

/** An answer may repeat the word that was asked for. */
const withoutEcho = (told: string, word: string) => (/^\d+$/.test(word) ? told : told.replaceAll(word, '…'))

const send = (endpoint: Endpoint, path: string, body?: unknown) =>
  server.request(path, { method: endpoint.method, key: keys.admin!, ...(body !== undefined && { body }) })

const named = (endpoint: Endpoint) => `${endpoint.method} ${endpoint.path}`
const inPath = (endpoint: Endpoint) => endpoint.parameters.filter((parameter) => parameter.in === 'path')
const inQuery = (endpoint: Endpoint) => endpoint.parameters.filter((parameter) => parameter.in === 'query')
const model = ({ field }: Endpoint) =>
  MODEL_OF[field.name] ?? (isConnection(field.type) ? modelOf(nodeOf(field.type)) : modelOf(field.type))

function modelInPath(endpoint: Endpoint): string {
  const [parameter] = inPath(endpoint)
  const found = parameter?.fills === 'id' ? model(endpoint) : parameter && modelOfId(parameter.fills)
  if (!found) throw new Error(`Nothing is known to fill ${named(endpoint)} with.`)
  return found
}

const pathOf = (endpoint: Endpoint, id: number) => endpoint.path.replace(/:\w+/, String(id)).replace(':row_id', '1')

/** A body as this dialect spells it; every id in it is somebody's own or left out. */
async function bodyOf(endpoint: Endpoint, ids: Record<string, number> = {}): Promise<unknown> {
  if (!endpoint.body) return undefined
  if (!endpoint.body.input) throw new Error(`Nothing is known of the body of ${named(endpoint)}.`)
  const known = new Map<string, number>()
  for (const { model: of } of foreignIds(endpoint.body.input)) known.set(of, await mine.id(of))
  const input = inputFor(endpoint.body.input, {
    salt: 7,
    idAt: (path, of, required) => ids[path] ?? (required ? known.get(of) : undefined),
  })
  const said = Object.entries(input).filter(([name]) => endpoint.body!.slots.some((slot) => slot.name === name))
  return Object.fromEntries(said.map(([name, value]) => [endpoint.dialect.casing(name), value]))
}

/** A person’s own, whatever the organization: test/contract/baserdb-auth.test.ts. */
const PERSONAL = ['revokeSession']

const withPath = endpoints.filter((endpoint) => inPath(endpoint).length && !PERSONAL.includes(endpoint.field.name))
const reading = endpoints.filter((endpoint) => endpoint.method === 'GET' && !inPath(endpoint).length)

/** Ids of what another column names. */
const OF_ANY_KIND = ['actorId', 'targetId']

/** What a query parameter is given: something of theirs, and what nobody has. */
async function pairsFor(endpoint: Endpoint, name: string, fills: string): Promise<[string, string][]> {
  const column = fills.split('.').at(-2) ?? fills
  if (/Id$|^id$/.test(column) && !OF_ANY_KIND.includes(column)) {
    const of = column === 'id' ? model(endpoint)! : modelOfId(column)
    return [[String(await theirs.id(of)), String(MISSING)]]
  }
  const schema = inQuery(endpoint).find((parameter) => parameter.name === name)!.schema
  if (schema.type === 'string' && !schema.enum && !schema.format && name !== 'ordering')
    return [CANARY, 'canary'].map((word) => [word, NOBODYS_WORD])
  return []
}

describe('every REST route, as one organization with the other’s ids', () => {
  it.each(withPath.map((endpoint) => [named(endpoint), endpoint] as const))(
    '%s answers the other’s id like one that does not exist',
    async (_name, endpoint) => {
      const body = await bodyOf(endpoint)
      const missing = await send(endpoint, pathOf(endpoint, MISSING), body)
      expect(missing.status).toBe(404)
      for (const id of await theirs.ids(modelInPath(endpoint)))
        expect(plain(await send(endpoint, pathOf(endpoint, id), body))).toBe(plain(missing))
    },
  )

  it.each(reading.map((endpoint) => [named(endpoint), endpoint] as const))(
    '%s tells nothing of the other',
    async (_name, endpoint) => {
      const answer = await send(endpoint, endpoint.path)
      expect(answer.status).toBe(200)
      expect(answer.text).not.toMatch(MARK)
    },
  )

  const parameters = reading.flatMap((endpoint) =>
    inQuery(endpoint).map(({ name, fills }) => [`${named(endpoint)}?${name}=`, endpoint, name, fills] as const),
  )

  it.each(parameters)('%s cannot be pointed at the other’s rows', async (_name, endpoint, name, fills) => {
    for (const [asked, nobodys] of await pairsFor(endpoint, name, fills)) {
      const answers = await Promise.all(
        [asked, nobodys].map((value) => send(endpoint, `${endpoint.path}?${name}=${encodeURIComponent(value)}`)),
      )
      const [told, reference] = answers.map((answer, i) => withoutEcho(plain(answer), [asked, nobodys][i]!))
      expect(told).not.toMatch(MARK)
      expect(told).toBe(reference)
    }
  })

  const naming = endpoints.flatMap((endpoint) =>
    endpoint.body?.input
      ? foreignIds(endpoint.body.input).map((place) => [`${named(endpoint)} ${place.path}`, endpoint, place] as const)
      : [],
  )

  it.each(naming)('%s of the other’s is refused like one that does not exist', async (_name, endpoint, place) => {
    const path = inPath(endpoint).length ? pathOf(endpoint, await mine.id(modelInPath(endpoint))) : endpoint.path
    const missing = await send(endpoint, path, await bodyOf(endpoint, { [place.path]: MISSING }))
    expect(missing.status).toBe(400)
    const answer = await send(endpoint, path, await bodyOf(endpoint, { [place.path]: await theirs.id(place.model) }))
    expect(plain(answer)).toBe(plain(missing))
  })

  it('has routes, parameters and bodies to walk', () => {
    expect([withPath.length > 10, reading.length > 15, parameters.length > 30, naming.length > 4]).toEqual(
      Array(4).fill(true),
    )
  })
})
