import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CANARY } from '../../src/demo/canary.ts'
import { Caller } from '../guards/generate/caller.ts'
import type { IdAt } from '../guards/generate/input.ts'
import {
  callOf,
  inputOf,
  type Mutation,
  mutations,
  nextSalt,
  ownIds,
  succeeding,
} from '../guards/generate/mutations.ts'
import { MISSING, OwnRows } from '../guards/generate/rows.ts'
import { giveSecondFactors } from '../kit/second-factors.ts'
import { testServer } from '../kit/server.ts'

const server = testServer()
let own: Caller
let mine: OwnRows
let theirs: OwnRows
let before: Record<string, string>

beforeAll(async () => {
  own = await Caller.of(server, server.key('Trusted service'))
  const other = await Caller.of(server, server.key(`${CANARY} Trusted service`, 1))
  mine = new OwnRows(server.app, own.ctx.organizationId)
  theirs = new OwnRows(server.app, other.ctx.organizationId)
  await giveSecondFactors(server.app, own.ctx.organizationId)
  await giveSecondFactors(server.app, other.ctx.organizationId)
  before = await theirs.fingerprints()
  await addOwnRows()
})
afterAll(() => expect(own.faults.map(String)).toEqual([]))

const MARK = /canary|9999\d\d\.00/i
const code = (answer: { errors?: { extensions: { code: string } }[] }) => answer.errors?.[0]?.extensions.code

/** So that there is a fresh row of each kind: a draft, something pending. */
async function addOwnRows(): Promise<void> {
  for (const mutation of mutations.filter(({ model }) => !model)) await succeeding(own, mine, mutation)
}

/** Refusals of the state that a row is in: it is closed, or somebody has to approve first. */
const STATES = ['CONFLICT', 'FORBIDDEN']

const withId = mutations.filter(({ model }) => model)
const naming = mutations.flatMap((mutation) =>
  mutation.foreign.map((place) => [`${mutation.name}: ${place.path}`, mutation, place] as const),
)

/** The mutation on each of one's own rows until one is in a state that allows it. */
async function onOwnRow(mutation: Mutation, input: Record<string, unknown> | undefined) {
  const ids = mutation.model ? (await mine.ids(mutation.model)).slice(0, 30) : [undefined]
  for (const id of ids) {
    const answer = await callOf(own, mutation, { id, input })
    if (!STATES.includes(code(answer)!)) return { id, answer }
  }
  return expect.fail(`${mutation.name}: none of one’s own rows is in a state that allows it`)
}

describe('a change, as one organization', () => {
  it.each(withId.map((mutation) => [mutation.name, mutation] as const))(
    '%s answers the other’s id like one that does not exist, and changes nothing of theirs',
    async (_name, mutation) => {
      const input = inputOf(mutation, await ownIds(mine, mutation))
      const missing = await callOf(own, mutation, { id: MISSING, input })
      expect(code(missing)).toBe('NOT_FOUND')
      const ids = await theirs.ids(mutation.model!)
      expect(ids.length).toBeGreaterThan(0)
      for (const id of ids) expect((await callOf(own, mutation, { id, input })).text).toBe(missing.text)
      expect(await theirs.fingerprints()).toEqual(before)
    },
  )

  it.each(naming)(
    '%s of the other’s is refused like one that does not exist',
    async (_name, mutation, { path, model }) => {
      const usual = await ownIds(mine, mutation)
      const salt = nextSalt()
      const naming =
        (named: number): IdAt =>
        (at, of, required) =>
          at === path ? named : usual(at, of, required)
      const { id, answer: missing } = await onOwnRow(mutation, inputOf(mutation, naming(MISSING), salt))
      expect(['INVALID_REQUEST', 'NOT_FOUND']).toContain(code(missing))
      const answer = await callOf(own, mutation, { id, input: inputOf(mutation, naming(await theirs.id(model)), salt) })
      expect(answer.text).toBe(missing.text)
      expect(answer.text).not.toMatch(MARK)
      expect(await theirs.fingerprints()).toEqual(before)
    },
  )

  it('has as many ways to name a row as the input types have', () => {
    expect(withId.length).toBeGreaterThan(40)
    expect(naming.length).toBeGreaterThan(25)
  })
})
