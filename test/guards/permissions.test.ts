import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PERMISSIONS, type Permission } from '../../src/core/permissions.ts'
import { schema } from '../../src/schema.ts'
import { testServer } from '../kit/server.ts'
import { Caller } from './generate/caller.ts'
import { inputFor } from './generate/input.ts'
import { MISSING, OwnRows } from './generate/rows.ts'
import { BESIDE, fieldsOf, isConnection, modelOf, nodeOf, selectionOf } from './generate/selection.ts'

const server = testServer()
const query = schema.getQueryType()!
const mutation = schema.getMutationType()!
let own: Caller
let rows: OwnRows

beforeAll(async () => {
  own = await Caller.of(server, server.key('Trusted service'))
  rows = new OwnRows(server.app, own.ctx.organizationId)
})
afterAll(() => expect(own.faults.map(String)).toEqual([]))

const allowed = (...permissions: readonly Permission[]) => ({ ...own.ctx, permissions: new Set(permissions) })
const without = (need: string) => allowed(...PERMISSIONS.filter((permission) => permission !== need))

type Root = { kind: 'query' | 'mutation'; field: ReturnType<typeof fieldsOf>[number]; need: Permission }

const needOf = ({ extensions }: Root['field']) => (extensions.authScopes as { can?: Permission } | undefined)?.can

const roots: Root[] = [
  ...fieldsOf(query).map((field) => ({ kind: 'query' as const, field })),
  ...fieldsOf(mutation).map((field) => ({ kind: 'mutation' as const, field })),
].flatMap(({ kind, field }) => {
  const need = needOf(field)
  return need ? [{ kind, field, need }] : []
})

const named = roots.map((root) => [root.field.name, root] as const)

/** A call whose arguments are well-formed, so that only the permission can be in its way. */
function callTo({ kind, field }: Root): [string, Record<string, unknown>] {
  const asked = field.args.filter(({ name }) => name === 'id' || name === 'input')
  const declared = asked.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ')
  const given = asked.map(({ name }) => `${name}: $${name}`).join(', ')
  const inputs = asked
    .filter(({ name }) => name === 'input')
    .map(({ name, type }) => [name, inputFor(type, { salt: 1, idAt: () => MISSING })])
  const head = declared ? `${kind} (${declared})` : kind
  return [
    `${head} { it: ${field.name}${given && `(${given}${BESIDE[field.name] ?? ''})`} ${selectionOf(field.type, 0)} }`,
    { id: MISSING, ...Object.fromEntries(inputs) },
  ]
}

describe('a caller with every permission but one', () => {
  it.each(named)('is refused %s, which names it', async (_name, root) => {
    const before = await rows.fingerprints()
    const [text, variables] = callTo(root)
    const { errors, data } = await own.ask(text, variables, without(root.need))
    expect(errors).toHaveLength(1)
    expect(errors![0]).toMatchObject({
      path: ['it'],
      extensions: { code: 'FORBIDDEN', status: 403, need: root.need, requestId: 'generated' },
    })
    expect(data?.it ?? null).toBeNull()
    expect(await rows.fingerprints()).toEqual(before)
  })

  it.each(named.filter(([, { kind }]) => kind === 'query'))('reads %s with that one alone', async (_name, root) => {
    const [text, variables] = callTo(root)
    const { errors } = await own.ask(text, variables, allowed(root.need))
    expect(errors?.map(({ path, extensions }) => [path, extensions.code]) ?? []).not.toContainEqual([
      ['it'],
      'FORBIDDEN',
    ])
  })
})

const guardOf = ({
  extensions,
  ofType,
}: {
  extensions?: { pothosOptions?: { authScopes?: { can?: Permission } } }
  ofType?: never
}): Permission | undefined => (ofType ? guardOf(ofType) : extensions?.pothosOptions?.authScopes?.can)

/** Each way from a list's rows to rows of another type that needs another permission. */
const steps = fieldsOf(query)
  .filter(({ type }) => isConnection(type))
  .flatMap((list) => fieldsOf(nodeOf(list.type)).map((field) => ({ list, field })))
  .flatMap(({ list, field }) => {
    const target = isConnection(field.type) ? nodeOf(field.type) : field.type
    const need = modelOf(target) && guardOf(target as never)
    return need && need !== needOf(list)
      ? [[`${nodeOf(list.type).name}.${field.name}`, { list, field, need }] as const]
      : []
  })

describe('a relation is no way around a permission', () => {
  it('there are relations between what different permissions guard', () => {
    expect(steps.length).toBeGreaterThan(8)
  })

  it.each(steps)('%s', async (_name, { list, field, need }) => {
    const text = `{ list: ${list.name}(first: 200) { nodes { ${field.name} ${selectionOf(field.type, 0)} } } }`
    const all = await own.ask(text)
    expect(all.errors).toBeUndefined()
    const shown = all.data.list.nodes.filter(
      (node: Record<string, { totalCount?: number } | null>) => node[field.name] && node[field.name]?.totalCount !== 0,
    )
    expect(shown.length, 'rows that are related').toBeGreaterThan(0)
    const { errors, data } = await own.ask(text, {}, allowed(needOf(list)!))
    expect(errors?.length).toBeGreaterThan(0)
    for (const { extensions } of errors!) expect(extensions).toMatchObject({ code: 'FORBIDDEN', need })
    const told = (data?.list?.nodes ?? []).map((node: Record<string, unknown>) => node[field.name])
    expect(JSON.stringify(told)).not.toMatch(/"id":/)
  })
})
