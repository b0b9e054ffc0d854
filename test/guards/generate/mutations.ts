import { type GraphQLField, getNamedType, isInputObjectType } from 'graphql'
import { schema } from '../../../src/schema.ts'
import type { Answered, Caller } from './caller.ts'
import { type ForeignId, foreignIds, type IdAt, inputFor } from './input.ts'
import type { OwnRows } from './rows.ts'
import { modelOf, selectionOf } from './selection.ts'

export type Mutation = {
  name: string
  field: GraphQLField<unknown, unknown>
  /** What `id` is the id of; undefined where the mutation takes none. */
  model: string | undefined
  /** The other rows that its input can name. */
  foreign: ForeignId[]
}

/** Where the answer's type is not the row that `id` names. */
const MODEL_OF: Record<string, string> = {
  deleteProject: 'Project',
  replayWebhookEvents: 'WebhookEndpoint',
  requestCredential: 'Credential',
  requestReveal: 'PasswordEntry',
  revealCredential: 'Credential',
  rotateApiKey: 'ApiKey',
  testWebhookEndpoint: 'WebhookEndpoint',
}

/** By a person with a secret that nothing generates; each with where it is tested. */
export const BY_A_PERSON: Record<string, string> = {
  acceptInvite: 'with an invitation: test/contract/baserdb-users.test.ts',
  beginSecondFactor: 'with their password: test/contract/baserdb-second-factor.test.ts',
  changePassword: 'with their password: test/contract/baserdb-auth.test.ts',
  confirmSecondFactor: 'with a code: test/contract/baserdb-second-factor.test.ts',
  disableSecondFactor: 'the same',
  login: 'with their password: test/contract/baserdb-auth.test.ts',
  logout: 'with a session: the same',
  refreshLogin: 'with a refresh token: the same',
  renewRecoveryCodes: 'with their password: test/contract/baserdb-second-factor.test.ts',
  revokeSession: 'with a session: test/contract/baserdb-auth.test.ts',
}

/** In tables of an organization's own, which no walk over ours looks into; each with where it is tested. */
export const IN_OWN_TABLES: Record<string, string> = {
  insertTableRows: 'src/platform/tables/rows/rows.test.ts',
  updateTableRow: 'the same',
  deleteTableRow: 'the same',
}

function mutationOf(field: GraphQLField<unknown, unknown>): Mutation {
  const { name, args } = field
  const strange = args.filter(({ name: arg }) => arg !== 'id' && arg !== 'input')
  if (strange.length) throw new Error(`Nothing is known to fill ${name}(${strange[0]!.name}:) with.`)
  const id = args.find((arg) => arg.name === 'id')
  const input = args.find((arg) => arg.name === 'input')
  const model = id && (MODEL_OF[name] ?? modelOf(field.type))
  if (id && !model) throw new Error(`Nothing is known of what ${name}(id:) is the id of.`)
  return { name, field, model, foreign: input ? foreignIds(input.type) : [] }
}

export const mutations: Mutation[] = Object.values(schema.getMutationType()!.getFields())
  .filter(({ name }) => !BY_A_PERSON[name] && !IN_OWN_TABLES[name])
  .map(mutationOf)

let made = 0
/** No two generated rows are alike. */
export const nextSalt = (): number => {
  made += 1
  return made
}

/** A deleted row is read once, before it goes; one list under two sets of arguments takes a second look. */
const depthOf = (name: string): number => (name.startsWith('delete') ? 0 : 1)

export const documentOf = ({ name, field }: Mutation): string => {
  const declared = field.args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ')
  const given = field.args.map((arg) => `${arg.name}: $${arg.name}`).join(', ')
  return `mutation (${declared}) { done: ${name}(${given}) ${selectionOf(field.type, depthOf(name))} }`
}

export function inputOf({ field }: Mutation, idAt: IdAt, salt = nextSalt()): Record<string, unknown> | undefined {
  const input = field.args.find(({ name }) => name === 'input')
  return input && isInputObjectType(getNamedType(input.type)) ? inputFor(input.type, { idAt, salt }) : undefined
}

/** Ids of one's own rows where one must be given, none where it can be left out. */
export async function ownIds(rows: OwnRows, { foreign }: Mutation, nth = 0): Promise<IdAt> {
  const known = new Map<string, number>()
  for (const { model } of foreign) {
    const ids = await rows.ids(model)
    known.set(model, ids[nth % ids.length]!)
  }
  return (_path, model, required) => (required ? known.get(model) : undefined)
}

/** What has to be confirmed is, with what the first attempt was refused with. */
export async function callOf(
  caller: Caller,
  mutation: Mutation,
  variables: Record<string, unknown>,
  ctx = caller.ctx,
): Promise<Answered> {
  const answer = await caller.ask(documentOf(mutation), variables, ctx)
  const confirm = answer.errors?.[0]?.extensions.confirmation?.token
  if (confirm === undefined) return answer
  const input = { ...(variables.input as object), confirm }
  return caller.ask(documentOf(mutation), { ...variables, input }, ctx)
}

const ATTEMPTS = 40

/** The mutation on one's own rows, one after the other, until one is in a state that allows it. */
export async function succeeding(caller: Caller, rows: OwnRows, mutation: Mutation): Promise<Answered> {
  const ids = mutation.model ? (await rows.ids(mutation.model)).slice(0, ATTEMPTS) : Array(ATTEMPTS).fill(undefined)
  const refusals = new Set<string>()
  for (const [nth, id] of ids.entries()) {
    const answer = await callOf(caller, mutation, { id, input: inputOf(mutation, await ownIds(rows, mutation, nth)) })
    if (!answer.errors) return answer
    refusals.add(answer.errors.map(({ message }) => message).join())
  }
  throw new Error(`${mutation.name} succeeds on none of ${ids.length} rows: ${[...refusals].join(' ')}`)
}
