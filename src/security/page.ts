import type { Context } from '../core/context.ts'
import { invalid } from '../core/errors.ts'
import type { Prisma } from '../db/client.ts'
import { type FindingState, Severity as SEVERITIES, type Severity } from '../db/generated/enums.ts'
import type { ReportFilter } from './summary.sql.ts'

export const MOST = 1000
const WORST_FIRST = Object.values(SEVERITIES)

type Place = { severity: Severity; firstSeenAt: Date; id: number }

export type PageQuery = ReportFilter & {
  state: FindingState | 'all'
  limit: number
  cursor?: string | null | undefined
}

const encode = ({ severity, firstSeenAt, id }: Place): string =>
  Buffer.from(JSON.stringify([severity, firstSeenAt.getTime(), id])).toString('base64url')

function decode(cursor: string): Place {
  try {
    const [severity, time, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [Severity, number, number]
    const firstSeenAt = new Date(time)
    const whole = Number.isInteger(id) && Math.abs(id) < 2 ** 31 && !Number.isNaN(firstSeenAt.getTime())
    if (whole && typeof time === 'number' && WORST_FIRST.includes(severity)) return { severity, firstSeenAt, id }
  } catch {}
  throw invalid('cursor', 'is not a cursor of this report; take it from nextCursor of the page before.')
}

/** Rows behind a place in the order severity, first seen, id. */
function behind({ severity, firstSeenAt, id }: Place): Prisma.FindingWhereInput {
  const milder = WORST_FIRST.slice(WORST_FIRST.indexOf(severity) + 1)
  return {
    OR: [
      { severity: { in: milder } },
      { severity, firstSeenAt: { gt: firstSeenAt } },
      { severity, firstSeenAt, id: { gt: id } },
    ],
  }
}

export function matching(
  { organizationId }: Context,
  { state, severity, category, control, repo }: PageQuery,
): Prisma.FindingWhereInput {
  return {
    organizationId,
    ...(state !== 'all' && { state }),
    ...(severity && { severity }),
    ...(category && { category }),
    ...(control && { soc2Control: control }),
    ...(repo && { repo }),
  }
}

/** One page of findings, the worst first; `selection` is what the caller wants to see of each. */
export async function findingPage(ctx: Context, query: PageQuery, selection: object) {
  const { limit, cursor } = query
  if (limit < 1 || limit > MOST) throw invalid('limit', `must be between 1 and ${MOST}.`)
  const where = { AND: [matching(ctx, query), ...(cursor ? [behind(decode(cursor))] : [])] }
  const rows = await ctx.db.finding.findMany({
    ...selection,
    where,
    orderBy: [{ severity: 'asc' }, { firstSeenAt: 'asc' }, { id: 'asc' }],
    take: limit + 1,
  })
  const findings = rows.slice(0, limit)
  return { findings, nextCursor: rows.length > limit ? encode(findings.at(-1)!) : null }
}
