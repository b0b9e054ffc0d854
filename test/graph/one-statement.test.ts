import { describe, expect, it } from 'vitest'
import { createApp, updateApp } from '../../src/apps/apps.ts'
import type { Context } from '../../src/core/context.ts'
import type { Input } from '../../src/core/validate.ts'
import { createClient, updateClient } from '../../src/crm/clients.ts'
import { createLead, updateLead } from '../../src/crm/leads.ts'
import { createBudget, updateBudget } from '../../src/finance/budgets.ts'
import { createTransaction, updateTransaction } from '../../src/finance/transactions.ts'
import { createAsset, updateAsset } from '../../src/inventory/assets/verbs.ts'
import { createTag, updateTag } from '../../src/inventory/tags.ts'
import { createNote, updateNote } from '../../src/knowledge/notes.ts'
import { testGraph } from '../kit/graph.ts'

const graph = testGraph()
const day = (text: string) => new Date(text)

type Made = { id: number } & Record<string, unknown>
type Case = {
  make: (ctx: Context, input: never) => Promise<Made>
  change: (ctx: Context, id: number, input: never) => Promise<Record<string, unknown>>
  from: (salt: string) => Input
  to: Input
}

const CASES: Record<string, Case> = {
  lead: {
    ...{
      make: createLead,
      change: updateLead,
      from: (name) => ({ name, score: 3, company: 'Ü "x" \\', status: 'new' }),
    },
    to: { score: 7, company: null, phone: '+1 \u2028', status: 'qualified' },
  },
  budget: {
    ...{ make: createBudget, change: updateBudget },
    from: (name) => ({ name, period: 'month', amount: '10.50', startsOn: day('2026-02-28') }),
    to: { amount: '1234567890.1', startsOn: day('2028-02-29') },
  },
  transaction: {
    ...{ make: createTransaction, change: updateTransaction },
    from: () => ({ kind: 'expense', amount: '10.50', occurredOn: day('2026-05-01'), memo: 'one' }),
    to: { amount: '10.5', kind: 'income', memo: null },
  },
  note: {
    ...{ make: createNote, change: updateNote, from: (title) => ({ title, body: 'x', tags: ['a', 'b'] }) },
    to: { tags: ['b'], body: '{"json": true}' },
  },
  app: {
    ...{ make: createApp, change: updateApp },
    from: (salt) => ({ slug: `acme/${salt}`, url: 'https://example.com', archived: false }),
    to: { archived: true, pushedAt: day('2026-05-01T10:00:00.120Z') },
  },
  asset: {
    ...{ make: createAsset, change: updateAsset, from: (name) => ({ name, customFields: { b: 1, a: [null] } }) },
    to: { customFields: { a: [null], b: 2 }, isActive: false },
  },
  client: {
    ...{ make: createClient, change: updateClient, from: (name) => ({ name, address: '1 Long Road' }) },
    to: { address: null },
  },
}

/** What was announced and audited last, without what tells two rows apart. */
async function told() {
  const { events, audit } = await graph.trail()
  const { data } = events.at(-1) as unknown as { data: Record<string, unknown> }
  const { action, targetType, changes } = audit.at(-1) as unknown as Record<string, unknown>
  return {
    data: { ...data, id: 0, createdAt: 0, updatedAt: 0, name: 0, title: 0, slug: 0 },
    action,
    targetType,
    changes,
  }
}

const held = (ctx: Context): Context => ({ ...ctx, precondition: async () => {} })

describe('a change by one statement', () => {
  it.each(Object.entries(CASES))(
    'of a(n) %s says what a transaction says',
    async (name, { make, change, from, to }) => {
      const { ctx } = graph.as()
      const [one, other] = [await make(ctx, from('one') as never), await make(ctx, from('other') as never)]
      const after = await change(ctx, one.id, to as never)
      const atOnce = await told()
      const afterHeld = await change(held(ctx), other.id, to as never)
      expect(atOnce).toEqual(await told())
      expect(Object.keys(atOnce.changes as object).sort()).not.toEqual([])
      const shown = Object.keys(afterHeld).filter((key) => to[key] !== undefined || name === key)
      for (const key of shown) expect(JSON.stringify(after[key])).toBe(JSON.stringify(afterHeld[key]))
    },
  )

  it('that changes nothing is not announced, and is remembered as the latest', async () => {
    const { ctx } = graph.as()
    const lead = await createLead(ctx, { name: 'Ada' })
    const before = await graph.trail()
    const same = await updateLead(ctx, lead.id, { name: 'Ada' })
    expect(await graph.trail()).toEqual(before)
    expect(same.updatedAt.getTime()).toBeGreaterThanOrEqual(lead.updatedAt.getTime())
  })

  it('that gives nothing finds its row, whatever table that is of', async () => {
    const { ctx } = graph.as()
    const [tag, lead] = [await createTag(ctx, { name: 'as it is' }), await createLead(ctx, { name: 'As it is' })]
    const before = await graph.trail()
    expect(await updateTag(ctx, tag.id, {})).toEqual(tag)
    expect((await updateLead(ctx, lead.id, {})).name).toBe('As it is')
    expect(await graph.trail()).toEqual(before)
  })

  it('of a row that is not there, or another’s, is refused in the same words', async () => {
    const theirs = await createLead(graph.as({ organization: 'b' }).ctx, { name: 'Theirs' })
    const { ctx } = graph.as()
    for (const context of [ctx, held(ctx)])
      for (const id of [theirs.id, 2_000_000_000])
        await expect(updateLead(context, id, { name: 'Ours' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect((await updateLead(graph.as({ organization: 'b' }).ctx, theirs.id, { score: 1 })).name).toBe('Theirs')
  })

  it('tells what it was and became, however many change it at once', async () => {
    const { ctx } = graph.as()
    const lead = await createLead(ctx, { name: 'Raced', score: 0 })
    const scores = Array.from({ length: 20 }, (_, at) => at + 1)
    await Promise.all(scores.map((score) => updateLead(ctx, lead.id, { score })))
    const { audit } = await graph.trail()
    const steps = audit
      .filter(({ action, targetId }) => action === 'lead.updated' && String(targetId) === String(lead.id))
      .map(({ changes }) => (changes as unknown as { score: { from: number; to: number } }).score)
    expect(new Set(steps.map(({ to }) => to))).toEqual(new Set(scores))
    expect(new Set(steps.map(({ from }) => from)).size).toBe(scores.length)
    const last = await ctx.db.lead.findFirst({ where: { id: lead.id } })
    expect(steps.filter(({ to }) => !steps.some(({ from }) => from === to)).map(({ to }) => to)).toEqual([last!.score])
  })

  it('refuses what belongs to nobody here, and leaves everything as it was', async () => {
    const { ctx } = graph.as()
    const lead = await createLead(ctx, { name: 'Kept' })
    const before = await graph.trail()
    const theirs = await createClient(graph.as({ organization: 'b' }).ctx, { name: 'Theirs' })
    const refused = updateLead(ctx, lead.id, { name: 'Lost', clientId: theirs.id })
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      details: { fields: { clientId: ['No such row.'] } },
    })
    expect(await graph.trail()).toEqual(before)
    const tag = await createTag(ctx, { name: 'taken' })
    expect((await ctx.db.lead.findFirst({ where: { id: lead.id } }))!.name).toBe('Kept')
    expect(tag.name).toBe('taken')
  })
})
