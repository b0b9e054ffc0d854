import { type GraphQLField, getNamedType, isObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CANARY } from '../../src/demo/canary.ts'
import { schema } from '../../src/schema.ts'
import { Caller } from '../guards/generate/caller.ts'
import { MISSING, OwnRows } from '../guards/generate/rows.ts'
import { BESIDE, fieldsOf, isConnection, modelOf, nodeOf, selectionOf } from '../guards/generate/selection.ts'
import { aliased, type Theirs, variantsOf } from '../guards/generate/variants.ts'
import { testServer } from '../kit/server.ts'

type Field = GraphQLField<unknown, unknown>

const server = testServer()
const roots = Object.values(schema.getQueryType()!.getFields())
const DEPTH = 3

/** Where the answer's type says nothing about whose id is asked for. */
const MODEL_OF: Record<string, string> = {
  documentContent: 'Document',
  passwordOtp: 'PasswordEntry',
  tableRow: 'ManagedTable',
  tableRows: 'ManagedTable',
  webhookDeliveryAttempts: 'WebhookDelivery',
  webhookEndpointDeliveries: 'WebhookEndpoint',
}

/** Never the same twice. */
const RANDOM = ['generatePassword']

const isSingle = ({ args }: Field) => args.some(({ name }) => name === 'id')
const isList = (field: Field) => isConnection(field.type) && !isSingle(field)
const singles = roots.filter(isSingle)
const lists = roots.filter(isList)
const others = roots.filter((field) => !isSingle(field) && !isList(field))

let own: Caller
let canary: Caller
let mine: OwnRows
let theirs: OwnRows
let words: Map<string, Set<string>>

/** What only the other organization's rows say, by the field that says it. */
async function wordsOfCanary(): Promise<Map<string, Set<string>>> {
  const ask = async (caller: Caller, field: Field) =>
    (await caller.ask(`{ all: ${field.name}(first: 200) ${selectionOf(field.type, 1)} }`)).data
  const ours = (await Promise.all(lists.map((field) => ask(own, field)))).map((data) => JSON.stringify(data)).join()
  const shared = ours.toLowerCase()
  const said = new Map<string, Set<string>>()
  const gather = (name: string, value: unknown): void => {
    if (typeof value === 'string' && value.length > 3 && !shared.includes(value.toLowerCase()))
      said.set(name, (said.get(name) ?? new Set()).add(value))
    if (Array.isArray(value)) for (const each of value) gather(name, each)
    else if (value && typeof value === 'object') for (const [key, inner] of Object.entries(value)) gather(key, inner)
  }
  for (const field of lists) gather('', await ask(canary, field))
  return said
}

beforeAll(async () => {
  const { app, demo } = server
  own = await Caller.of(server, server.key('Trusted service'))
  canary = await Caller.of(server, server.key(`${CANARY} Trusted service`, 1))
  mine = new OwnRows(app, own.ctx.organizationId)
  theirs = new OwnRows(app, canary.ctx.organizationId)
  words = await wordsOfCanary()
  expect(demo.organizations).toHaveLength(3)
  expect(mine.organizationId).not.toBe(theirs.organizationId)
})
afterAll(() => expect([...own.faults, ...canary.faults].map(String)).toEqual([]))

const modelNamed = (field: Field): string => {
  const model = MODEL_OF[field.name] ?? modelOf(field.type)
  if (!model) throw new Error(`Nothing is known of what ${field.name}(id:) is the id of.`)
  return model
}

/** The canary's texts, mail addresses and sums: nobody else has them. */
const MARK = /canary|9999\d\d\.00/i

const ONLY_THEIRS = [CANARY, 'canary']

async function theirsIn(model: string, cursors: readonly string[] = []): Promise<Theirs> {
  const known = new Map<string, number>()
  const names = new Set([model, ...lists.map(({ type }) => modelOf(nodeOf(type))!), 'Membership', 'Tag', 'Event'])
  for (const name of names) known.set(name, (await theirs.ids(name))[0] ?? MISSING)
  return {
    cursors,
    id: (name) => known.get(name) ?? expect.fail(`no row of ${name} is known`),
    words: (field) => [...new Set([...ONLY_THEIRS, ...[...(words.get(field) ?? [])].slice(0, 2)])],
  }
}

async function cursorsOf(field: Field): Promise<string[]> {
  const { data } = await canary.ask(`{ list: ${field.name}(first: 200) { edges { cursor } } }`)
  return data.list.edges.map(({ cursor }: { cursor: string }) => cursor).slice(0, 3)
}

/** As many at a time as there are connections. */
const chunks = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / 16) }, (_, i) => all.slice(i * 16, i * 16 + 16))

const values = (type: Field['type']) => selectionOf(type, 0)

describe('as one organization, with the other’s ids and words', () => {
  it('the canary reads itself in every list, so that a leak would be seen', async () => {
    const silent: string[] = []
    for (const field of lists) {
      const { text } = await canary.ask(`{ list: ${field.name} ${selectionOf(field.type, 1)} }`)
      if (!MARK.test(text)) silent.push(field.name)
    }
    expect(silent).toEqual([])
  })

  it.each(roots.filter((field) => !isSingle(field)).map((field) => [field.name, field] as const))(
    '%s tells nothing of the other, three relations deep',
    async (_name, field) => {
      const first = isList(field) ? '(first: 50)' : ''
      const { text, errors } = await own.ask(`{ all: ${field.name}${first} ${selectionOf(field.type, DEPTH)} }`)
      expect(errors).toBeUndefined()
      expect(text).not.toMatch(MARK)
    },
    60_000,
  )

  it.each(singles.map((field) => [field.name, field] as const))(
    '%s answers the other’s id like one that does not exist',
    async (_name, field) => {
      const model = modelNamed(field)
      const query = `query ($id: ID!) { one: ${field.name}(id: $id${BESIDE[field.name] ?? ''}) ${selectionOf(field.type, DEPTH)} }`
      const missing = await own.ask(query, { id: MISSING })
      expect(missing.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
      const ids = (await theirs.ids(model)).filter((id) => id !== undefined)
      expect(ids.length, `the other organization has a ${model}`).toBeGreaterThan(0)
      for (const id of ids) expect((await own.ask(query, { id })).text).toBe(missing.text)
    },
  )

  it.each(singles.map((field) => [field.name, field] as const))('%s shows one’s own row', async (_name, field) => {
    const id = await mine.id(modelNamed(field))
    const answer = await own.ask(
      `query ($id: ID!) { one: ${field.name}(id: $id${BESIDE[field.name] ?? ''}) ${selectionOf(field.type, DEPTH)} }`,
      {
        id,
      },
    )
    expect(answer.errors).toBeUndefined()
    expect(answer.data.one).not.toBeNull()
    expect(answer.text).not.toMatch(MARK)
  })

  it.each(lists.map((field) => [field.name, field] as const))(
    '%s cannot be filtered, searched, ordered or paged into the other’s rows',
    async (_name, field) => {
      const model = modelOf(nodeOf(field.type))!
      const variants = variantsOf(field, model, await theirsIn(model, await cursorsOf(field)))
      expect(new Set(variants.map(({ argument }) => argument))).toEqual(new Set(field.args.map(({ name }) => name)))
      for (const some of chunks(variants)) {
        const { text, declared, ...given } = aliased(field, some, values(field.type))
        const query = `query (${declared}) { ${text} }`
        const answer = await own.ask(query, given.theirs)
        expect(answer.text).not.toMatch(MARK)
        expect(answer.errors).toBeUndefined()
        expect(answer.text).toBe((await own.ask(query, given.nobodys)).text)
      }
    },
    60_000,
  )

  it.each(
    others
      .filter(({ name, args }) => args.length && !RANDOM.includes(name))
      .map((field) => [field.name, field] as const),
  )('%s tells nothing of the other whatever its arguments', async (_name, field) => {
    const variants = variantsOf(
      field,
      MODEL_OF[field.name] ?? modelOf(field.type) ?? '',
      await theirsIn('Organization'),
    )
    for (const variant of variants) {
      const { text, declared, theirs: asked, nobodys } = aliased(field, [variant], selectionOf(field.type, 1))
      const answers = [
        await own.ask(`query (${declared}) { ${text} }`, asked),
        await own.ask(`query (${declared}) { ${text} }`, nobodys),
      ]
      const [told, reference] = answers.map(({ text: told }) => withoutEcho(told, asked.v0, nobodys.v0))
      expect(told).not.toMatch(MARK)
      expect(told).toBe(reference)
    }
  })
})

/** An answer may repeat what was asked. */
const withoutEcho = (told: string, ...asked: unknown[]) =>
  asked.reduce<string>((text, value) => (typeof value === 'string' ? text.replaceAll(value, '…') : text), told)

type Nested = { parent: Field; on: string; field: Field }

/** Every field with arguments on an object, and a list that leads to that object. */
function nestedFields(): Nested[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || type.name.startsWith('__') || ['Query', 'Mutation', 'Subscription'].includes(type.name))
      return []
    const asking = fieldsOf(type).filter(({ args }) => args.length)
    const parent = lists.find((list) => getNamedType(nodeOf(list.type)) === type)
    if (asking.length && !parent) throw new Error(`Nothing leads to ${type.name}, whose fields take arguments.`)
    return asking.map((field) => ({ parent: parent!, on: type.name, field }))
  })
}

describe('through one’s own rows', () => {
  it.each(nestedFields().map((nested) => [`${nested.on}.${nested.field.name}`, nested] as const))(
    '%s cannot be pointed at the other’s rows',
    async (_name, { parent, field }) => {
      const model = isConnection(field.type) ? modelOf(nodeOf(field.type))! : ''
      const root = isConnection(field.type)
        ? lists.find((list) => getNamedType(list.type) === getNamedType(field.type))
        : undefined
      const cursors = root ? await cursorsOf(root) : []
      const variants = variantsOf(field, model, await theirsIn(model || 'Organization', cursors))
      for (const some of chunks(variants)) {
        const { text, declared, ...given } = aliased(field, some, values(field.type))
        const query = `query (${declared}) { list: ${parent.name}(first: 4) { nodes { ${text} } } }`
        const answer = withoutEcho((await own.ask(query, given.theirs)).text, ...Object.values(given.theirs))
        const reference = withoutEcho((await own.ask(query, given.nobodys)).text, ...Object.values(given.nobodys))
        expect(answer).not.toMatch(MARK)
        expect(answer).toBe(reference)
      }
    },
    60_000,
  )
})
