import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { giveSecondFactors } from '../kit/second-factors.ts'
import { testServer } from '../kit/server.ts'
import { Caller } from './generate/caller.ts'
import { misfits } from './generate/catalogued.ts'
import { callOf, inputOf, type Mutation, mutations, ownIds, succeeding } from './generate/mutations.ts'
import { MISSING, OwnRows } from './generate/rows.ts'

const server = testServer()
let own: Caller
let rows: OwnRows

beforeAll(async () => {
  own = await Caller.of(server, server.key('Trusted service'))
  rows = new OwnRows(server.app, own.ctx.organizationId)
  await giveSecondFactors(server.app, own.ctx.organizationId)
})
afterAll(() => expect(own.faults.map(String)).toEqual([]))

/** Rows are made before they are changed, and deleted last. */
const order = ({ name, model }: Mutation) => (model ? (/^(delete|revoke)/.test(name) ? 2 : 1) : 0)
/** Its event and its audit row are the new organization's own: src/accounts/organization.test.ts looks at them. */
const ELSEWHERE = ['createOrganization']
/** It shows something: nothing is written but that it did. */
const SHOWING = ['revealCredential']
const inOrder = mutations.toSorted((a, b) => order(a) - order(b)).map((mutation) => [mutation.name, mutation] as const)

/** Where what was changed is announced and audited. */
const TRAIL = ['event', 'audit_event', 'audit_waiting']

type Told = { what: string; transaction: string; requestId: string; told: unknown }

/** What was announced and audited after a moment, oldest first, with the transaction that wrote it. */
async function toldSince(events: number, audits: number): Promise<{ events: Told[]; audits: Told[] }> {
  const read = (table: string, what: string, told: string, since: number) =>
    server.app.query<Told>(
      `SELECT ${what} AS what, ${told} AS told, xmin::text AS transaction, request_id AS "requestId" FROM ${table} WHERE organization_id = $1 AND id > $2 ORDER BY id`,
      [rows.organizationId, since],
    )
  return {
    events: await read('event', 'type', 'data', events),
    audits: await read('audit_event', 'action', 'changes', audits),
  }
}

async function last(table: string): Promise<number> {
  const [found] = await server.app.query<{ id: string }>(`SELECT coalesce(max(id), 0)::text AS id FROM ${table}`, [])
  return Number(found!.id)
}

const now = async () => [await last('event'), await last('audit_event')] as const

/** The tables in which a transaction left rows behind. */
async function touched(transaction: string): Promise<string[]> {
  const names = Object.keys(await rows.fingerprints()).filter((name) => !TRAIL.includes(name))
  const each = names.map(
    (name) => `SELECT '${name}' AS name WHERE EXISTS (SELECT 1 FROM "${name}" WHERE xmin::text = $1)`,
  )
  return (await server.app.query<{ name: string }>(each.join(' UNION ALL '), [transaction])).map(({ name }) => name)
}

describe('every change', () => {
  it('some are made twice, so that each later change finds a row in the state it needs', async () => {
    for (const [, mutation] of inOrder.filter(([, { model }]) => !model))
      for (let i = 0; i < 3; i += 1) await succeeding(own, rows, mutation)
  })

  it.each(inOrder.filter(([name]) => !ELSEWHERE.includes(name)))(
    '%s is announced and audited in its own transaction',
    async (name, mutation) => {
      const before = await rows.fingerprints()
      const since = await now()
      const answer = await succeeding(own, rows, mutation)
      const { events, audits } = await toldSince(...since)
      expect(events.length).toBeGreaterThan(0)
      expect(audits.map(({ what }) => what)).toEqual(events.map(({ what }) => what))
      expect(new Set([...events, ...audits].map(({ requestId }) => requestId))).toEqual(new Set(['generated']))
      expect(events.flatMap(({ what, told }) => misfits({ type: what, data: told }))).toEqual([])
      const transactions = new Set([...events, ...audits].map(({ transaction }) => transaction))
      expect(transactions.size).toBe(1)
      if (SHOWING.includes(name)) return
      const after = await rows.fingerprints()
      expect(changedTables(before, after), answer.text).not.toEqual([])
      if (!name.startsWith('delete')) expect(await touched([...transactions][0]!)).not.toEqual([])
    },
  )

  it.each(inOrder)('%s that is refused leaves no trace', async (_name, mutation) => {
    const before = await rows.fingerprints()
    const named = await ownIds(rows, mutation)
    const input = inputOf(mutation, (path, model, required) => named(path, model, required) && MISSING)
    const refused = mutation.model
      ? await callOf(own, mutation, { id: MISSING, input })
      : await callOf(own, mutation, { input: { ...input, ...unfit(input!) } })
    expect(refused.errors?.[0]?.extensions.code).toMatch(
      mutation.model ? /NOT_FOUND|INVALID_REQUEST/ : /INVALID_REQUEST/,
    )
    expect(await rows.fingerprints()).toEqual(before)
  })
})

/** A value too long for any rule: in free text where there is some. */
const unfit = (input: Record<string, unknown>) => {
  const texts = Object.entries(input).filter(([, value]) => typeof value === 'string')
  const [name] = texts.find(([, value]) => /^Generated|^http|^name,/.test(value as string)) ?? texts[0] ?? []
  return name ? { [name]: 'x'.repeat(200_000) } : {}
}

const changedTables = (before: Record<string, string>, after: Record<string, string>) =>
  Object.keys(after).filter((name) => after[name] !== before[name] && !TRAIL.includes(name))

/** The trail cannot hold this caller's address, so that every row it would write fails. */
const unauditable = () => ({ ...own.ctx, address: '\0' })

/** Another change waits for this one. */
const BEFOREHAND = ['approvePayrollRun']

describe('a change whose audit row cannot be written', () => {
  beforeAll(async () => {
    for (let i = 0; i < 3; i += 1)
      for (const [, mutation] of inOrder.filter(([, { model }]) => !model)) await succeeding(own, rows, mutation)
    for (const [, mutation] of inOrder.filter(([name]) => BEFOREHAND.includes(name)))
      await succeeding(own, rows, mutation)
  })

  it.each(inOrder)('%s does not happen', async (_name, mutation) => {
    const before = await rows.fingerprints()
    const ids = mutation.model ? (await rows.ids(mutation.model)).slice(0, 40) : Array(40).fill(undefined)
    const codes: (string | undefined)[] = []
    for (const [nth, id] of ids.entries()) {
      const input = inputOf(mutation, await ownIds(rows, mutation, nth))
      const answer = await callOf(own, mutation, { id, input }, unauditable())
      codes.push(answer.errors?.[0]?.extensions.code)
      if (codes.at(-1) === 'INTERNAL_ERROR') break
    }
    expect(codes.at(-1)).toBe('INTERNAL_ERROR')
    expect(own.faults.splice(0).map(String)).toEqual([expect.stringMatching(/audit_event|0x00/)])
    expect(await rows.fingerprints()).toEqual(before)
  })
})
