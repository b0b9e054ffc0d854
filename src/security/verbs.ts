import { hash } from 'node:crypto'
import { z } from 'zod'
import { type Context, row } from '../core/context.ts'
import { AppError } from '../core/errors.ts'
import type { VerbOf } from '../core/events/catalogue.ts'
import { lockRow } from '../core/lock.ts'
import { record, told } from '../core/record.ts'
import * as rules from '../core/rules.ts'
import { type Input, validated } from '../core/validate.ts'
import { createRow, updateRow } from '../core/write.ts'
import type { Prisma, Transaction } from '../db/client.ts'
import {
  FindingCategory as CATEGORIES,
  type FindingCategory,
  type FindingState,
  Severity as SEVERITIES,
} from '../db/generated/enums.ts'

const CONTROLS: Record<FindingCategory, string> = {
  vulnerability: 'CC7.1',
  secret: 'CC6.1',
  branch_protection: 'CC8.1',
}

const sighting = z.object({
  source: rules.name,
  repo: rules.name,
  title: rules.line.min(1, 'must not be empty.'),
  severity: z.enum(SEVERITIES),
  category: z.enum(CATEGORIES),
  soc2Control: z
    .string()
    .regex(/^[A-Z]{1,2}\d{1,2}\.\d{1,2}$/, 'must be a control like CC7.1.')
    .nullish(),
  url: rules.url.nullish(),
  dueAt: z.date().nullish(),
  fingerprint: rules.name.nullish(),
})
type Sighting = z.output<typeof sighting>

const FINDING = { name: 'finding' } as const

/** A scanner that gives no fingerprint means the same weakness by the same words. */
const fingerprintOf = ({ fingerprint, source, repo, category, title }: Sighting): string =>
  fingerprint ?? hash('sha256', JSON.stringify([source, repo, category, title]))

async function firstSeen(tx: Transaction, ctx: Context, seen: Sighting, fingerprint: string) {
  const { organizationId } = ctx
  const app = await tx.app.findUnique({ where: { organizationId_slug: { organizationId, slug: seen.repo } } })
  const now = ctx.clock.now()
  const soc2Control = seen.soc2Control ?? CONTROLS[seen.category]
  const data = { ...seen, fingerprint, soc2Control, organizationId, appId: app?.id ?? null }
  const finding = await tx.finding.create({ data: { ...data, firstSeenAt: now, lastSeenAt: now } })
  if (finding.category === 'vulnerability')
    await record(tx, ctx, {
      type: 'vulnerability.found',
      target: { type: FINDING.name, id: finding.id },
      data: told(finding),
    })
  return finding
}

async function held(tx: Transaction, ctx: Context, id: number) {
  await lockRow(tx, ctx, 'finding', id)
  return tx.finding.findUnique({ where: row(ctx, id) })
}

/** A dismissed weakness stays dismissed; a resolved one was not resolved after all. */
function seenAgain(ctx: Context, id: number, state: FindingState, { title, severity, url, dueAt }: Sighting) {
  const where = row(ctx, id)
  const given = { title, severity, ...(url != null && { url }), ...(dueAt != null && { dueAt }) }
  return updateRow(ctx, FINDING, {
    verb: state === 'resolved' ? 'reopened' : 'seen',
    read: (tx) => held(tx, ctx, id),
    write: (tx, before) => {
      const reopened = before.state === 'resolved' && ({ state: 'open', resolvedAt: null } as const)
      return tx.finding.update({ where, data: { ...given, ...reopened, lastSeenAt: ctx.clock.now() } })
    },
  })
}

const isTaken = (error: unknown): boolean => error instanceof AppError && error.code === 'CONFLICT'

/** Records a weakness once, however often and from however many scanners at a time it is reported. */
export async function reportFinding(ctx: Context, input: Input) {
  const seen = validated(sighting, input)
  const { organizationId } = ctx
  const fingerprint = fingerprintOf(seen)
  const where = { organizationId_fingerprint: { organizationId, fingerprint } }
  const known = await ctx.db.finding.findUnique({ where })
  if (known) return seenAgain(ctx, known.id, known.state, seen)
  try {
    return await createRow(ctx, FINDING, (tx) => firstSeen(tx, ctx, seen, fingerprint))
  } catch (error) {
    const rival = isTaken(error) ? await ctx.db.finding.findUnique({ where }) : null
    if (!rival) throw error
    return seenAgain(ctx, rival.id, rival.state, seen)
  }
}

type Move = {
  verb: VerbOf<'finding'>
  from: readonly FindingState[]
  data: Prisma.FindingUncheckedUpdateInput
}

function move(ctx: Context, id: number, { verb, from, data }: Move) {
  const where = row(ctx, id)
  return updateRow(ctx, FINDING, {
    verb,
    read: (tx) => held(tx, ctx, id),
    write: (tx, { state }) => {
      if (!from.includes(state)) throw new AppError('CONFLICT', `This finding is ${state} already.`)
      return tx.finding.update({ where, data })
    },
  })
}

export const resolveFinding = (ctx: Context, id: number) =>
  move(ctx, id, { verb: 'resolved', from: ['open'], data: { state: 'resolved', resolvedAt: ctx.clock.now() } })

const dismissal = z.object({ reason: rules.line.min(1, 'must say why.') })

export function dismissFinding(ctx: Context, id: number, input: Input) {
  const { reason } = validated(dismissal, input)
  return move(ctx, id, { verb: 'dismissed', from: ['open'], data: { state: 'dismissed', dismissalReason: reason } })
}

export const reopenFinding = (ctx: Context, id: number) =>
  move(ctx, id, {
    verb: 'reopened',
    from: ['resolved', 'dismissed'],
    data: { state: 'open', resolvedAt: null, dismissalReason: null },
  })
