import { describe, expect, it } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'
import type { Permission } from '../../core/permissions.ts'
import { createWebhookEndpoint, rotateWebhookSecret } from './verbs.ts'

const graph = testGraph()

const FIELDS = `id url description events permissions state disabledReason disabledAt failingSince headers { name value } secret
  previousSecretExpiresAt`
const CREATE = `mutation ($input: CreateWebhookEndpointInput!) { made: createWebhookEndpoint(input: $input) { ${FIELDS} } }`
const UPDATE = `mutation ($id: ID!, $input: UpdateWebhookEndpointInput!) { made: updateWebhookEndpoint(id: $id, input: $input) { ${FIELDS} } }`
const ROTATE = `mutation ($id: ID!, $input: RotateWebhookSecretInput) { made: rotateWebhookSecret(id: $id, input: $input) { ${FIELDS} } }`
const READ = `query ($id: ID!) { made: webhookEndpoint(id: $id) { ${FIELDS} } }`

const URL = 'https://hooks.example.com/opsgraph'
const MASK = '**********'
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/
type Caller = Parameters<typeof graph.as>[0]

async function asked(query: string, variables: Record<string, unknown>, caller: Caller = {}) {
  const { data, errors } = await graph.as(caller).run(query, variables)
  return errors ? errors[0]!.extensions : data.made
}
const create = (input: object, caller: Caller = {}) =>
  asked(CREATE, { input: { url: URL, events: ['lead.*'], ...input } }, caller)
const update = (id: string, input: object, caller: Caller = {}) => asked(UPDATE, { id, input }, caller)
const as = (...permissions: Permission[]): Caller => ({ permissions: ['webhooks:manage', ...permissions] })

const stored = async (id: string) => {
  const [row] = await graph.kit.app.query<Record<string, unknown>>('SELECT * FROM webhook_endpoint WHERE id = $1', [id])
  return row!
}

/** All that was announced and audited. */
async function toldText(): Promise<string> {
  const { events, audit } = await graph.trail()
  return JSON.stringify([events.map(({ data }) => data), audit.map(({ changes }) => changes)])
}

describe('an endpoint', () => {
  it('is made with a secret that is shown this once, and kept encrypted', async () => {
    const session = graph.as()
    const { data } = await session.run(CREATE, {
      input: { url: URL, events: ['lead.*', 'lead.*'], description: ' CRM ' },
    })
    const { secret, ...shown } = data.made
    expect(secret).toMatch(SECRET)
    expect(shown).toMatchObject({
      url: URL,
      events: ['lead.*'],
      permissions: ['*'],
      state: 'ACTIVE',
      description: 'CRM',
    })
    expect((await asked(READ, { id: shown.id })).secret).toBeNull()
    expect(await toldText()).not.toContain(secret)
    for (const value of Object.values(await stored(shown.id)))
      if (Buffer.isBuffer(value)) expect(value.includes(Buffer.from(secret))).toBe(false)
  })

  it('an answer with a secret is not kept', async () => {
    const ctx = { ...graph.as().ctx, answer: { secret: false } }
    const { id } = await createWebhookEndpoint(ctx, { url: URL, events: ['*'] })
    expect(ctx.answer.secret).toBe(true)
    ctx.answer.secret = false
    await rotateWebhookSecret(ctx, id)
    expect(ctx.answer.secret).toBe(true)
  })

  const header = (name: string, value = 'x') => ({ headers: [{ name, value }] })
  const REFUSED: [object, string][] = [
    [{ url: 'ftp://example.com' }, 'url'],
    [{ url: 'http://127.0.0.1/' }, 'url'],
    [{ url: 'https://[::ffff:10.0.0.1]/' }, 'url'],
    [{ url: 'https://metadata.google.internal/' }, 'url'],
    [{ url: 'https://user:word@example.com/' }, 'url'],
    [{ url: 'https://example.com:22/' }, 'url'],
    [{ events: [] }, 'events'],
    [{ events: ['lead.eaten'] }, 'events.0'],
    [{ events: ['nothing.*'] }, 'events.0'],
    [{ events: ['*.created'] }, 'events.0'],
    [{ events: ['toString.*'] }, 'events.0'],
    [
      {
        headers: [
          { name: 'X-A', value: '1' },
          { name: 'x-a', value: '2' },
        ],
      },
      'headers',
    ],
    [header('X-A', MASK), 'headers'],
  ]
  const CONNECTION = ['Host', 'Content-Length', 'Connection', 'Transfer-Encoding', 'Proxy-Authorization']
  const NAMES = [...CONNECTION, 'Authorization', 'Cookie', 'Webhook-Id', 'X-Webhook-Signature', 'a b', 'a:b', 'X-Ä', '']

  it.each([
    ...REFUSED,
    ...NAMES.map((name): [object, string] => [header(name), 'headers.0.name']),
    ...['a\r\nb: c', 'ü', ' x', ''].map((value): [object, string] => [header('X-A', value), 'headers.0.value']),
  ])('%j is refused under the name of the field', async (input, field) => {
    const { ctx } = graph.as()
    const refused = createWebhookEndpoint(ctx, { url: URL, events: ['lead.*'], ...input })
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      details: { fields: { [field]: [expect.any(String)] } },
    })
  })

  it('masks the values of headers; one that is sent back masked stays', async () => {
    const made = await create({
      headers: [
        { name: 'X-Token', value: 'abc' },
        { name: 'X-Env', value: 'prod' },
      ],
    })
    expect(made.headers).toEqual([
      { name: 'X-Token', value: MASK },
      { name: 'X-Env', value: MASK },
    ])
    const [before] = [await stored(made.id)]
    const changed = await update(made.id, {
      headers: [
        { name: 'x-token', value: MASK },
        { name: 'X-New', value: '1' },
      ],
    })
    expect(changed.headers.map(({ name }: { name: string }) => name)).toEqual(['x-token', 'X-New'])
    expect((await stored(made.id)).headers).not.toEqual(before.headers)
    expect(await update(made.id, { headers: [{ name: 'X-Other', value: MASK }] })).toMatchObject({
      fields: { headers: [expect.stringContaining('X-Other')] },
    })
    expect((await update(made.id, { headers: [] })).headers).toEqual([])
    expect((await stored(made.id)).headers).toBeNull()
  })

  it('is disabled and enabled by hand', async () => {
    const { id } = await create({})
    expect(await update(id, { state: 'DISABLED' })).toMatchObject({
      ...{ state: 'DISABLED', disabledReason: 'It was disabled by hand.', disabledAt: '2026-05-23T11:42:00Z' },
    })
    expect(await update(id, { state: 'ACTIVE' })).toMatchObject({
      state: 'ACTIVE',
      disabledReason: null,
      disabledAt: null,
    })
  })

  it('gets a new secret, and keeps the old one for as long as was said', async () => {
    const made = await create({})
    const rotated = await asked(ROTATE, { id: made.id, input: { overlapSeconds: 60 } })
    expect(rotated.secret).toMatch(SECRET)
    expect(rotated.secret).not.toBe(made.secret)
    expect(rotated.previousSecretExpiresAt).toBe('2026-05-23T11:43:00Z')
    expect((await asked(ROTATE, { id: made.id })).previousSecretExpiresAt).toBe('2026-05-24T11:42:00Z')
    expect((await asked(ROTATE, { id: made.id, input: { overlapSeconds: 0 } })).previousSecretExpiresAt).toBeNull()
    expect((await stored(made.id)).previous_secret).toBeNull()
    expect(await asked(ROTATE, { id: made.id, input: { overlapSeconds: 604_801 } })).toMatchObject({
      fields: { overlapSeconds: [expect.any(String)] },
    })
  })

  it('what happens to it is announced and audited, without its secrets', async () => {
    const { id, secret } = await create({ headers: [{ name: 'X-Token', value: 'tell-nobody' }] })
    const rotated = await asked(ROTATE, { id })
    await update(id, { description: 'changed' })
    await asked('mutation ($id: ID!) { made: deleteWebhookEndpoint(id: $id) { id } }', { id })
    const { audit } = await graph.trail()
    const mine = audit.filter(({ targetType, targetId }) => targetType === 'webhook_endpoint' && targetId === id)
    expect(mine.map(({ action }) => action.split('.')[1])).toEqual(['created', 'rotated', 'updated', 'deleted'])
    const told = await toldText()
    for (const word of [secret, rotated.secret, 'tell-nobody']) expect(told).not.toContain(word)
  })

  it('is nobody else’s, and needs webhooks:manage', async () => {
    const { id } = await create({}, { organization: 'b' })
    expect(await update(id, { description: 'mine' })).toMatchObject({ code: 'NOT_FOUND' })
    expect(await asked(READ, { id })).toMatchObject({ code: 'NOT_FOUND' })
    expect(await create({}, { permissions: ['leads:write'] })).toMatchObject({ need: 'webhooks:manage' })
  })
})

describe('whoever may read little', () => {
  it('is told of no more: neither by name nor by a pattern', async () => {
    expect(await create({ events: ['employee.created'] }, as('leads:read'))).toMatchObject({
      ...{ code: 'FORBIDDEN', need: 'hr:read' },
    })
    expect(await create({ events: ['lead.*', 'payroll_run.*'] }, as('leads:read'))).toMatchObject({ need: 'hr:read' })
    const { permissions } = await create({ events: ['*'] }, as('leads:read'))
    expect(permissions).toEqual(['leads:read', 'webhooks:manage'])
  })

  it('cannot turn an endpoint that is told of more to themselves', async () => {
    const all = await create({ events: ['*'] })
    const [few, narrow] = [as('leads:read'), await create({ events: ['lead.*'] }, as('leads:read'))]
    for (const input of [{ url: 'https://elsewhere.example.com/' }, { events: ['lead.*'] }, { description: 'x' }])
      expect(await update(all.id, input, few)).toMatchObject({ code: 'FORBIDDEN', need: expect.any(String) })
    expect(await asked(ROTATE, { id: all.id }, few)).toMatchObject({ code: 'FORBIDDEN' })
    expect(await update(narrow.id, { url: 'https://elsewhere.example.com/' }, few)).toMatchObject({ state: 'ACTIVE' })
  })

  it('has an endpoint widened only by who chooses its events anew', async () => {
    const { id } = await create({ events: ['*'] }, as('leads:read'))
    expect((await update(id, { description: 'by the owner' })).permissions).toEqual(['leads:read', 'webhooks:manage'])
    expect((await update(id, { events: ['*'] })).permissions).toEqual(['*'])
  })
})
