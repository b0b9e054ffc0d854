import type { Context } from '../core/context.ts'
import { Prisma } from '../db/client.ts'
import type { FindingCategory, Severity } from '../db/generated/enums.ts'

/** What a report is narrowed to; an absent filter narrows nothing. */
export type ReportFilter = {
  severity?: Severity | null | undefined
  category?: FindingCategory | null | undefined
  control?: string | null | undefined
  repo?: string | null | undefined
}

type Row = { severity: string | null; category: string | null; control: string | null; open: number; resolved: number }

export type Summary = {
  totalOpen: number
  openBySeverity: Record<string, number>
  openByCategory: Record<string, number>
  openByControl: Record<string, number>
  resolvedLast30Days: number
}

const MONTH_MS = 30 * 86_400_000

function condition({ severity, category, control, repo }: ReportFilter): Prisma.Sql {
  const parts = [
    severity && Prisma.sql`AND severity = ${severity}::severity`,
    category && Prisma.sql`AND category = ${category}::finding_category`,
    control && Prisma.sql`AND soc2_control = ${control}`,
    repo && Prisma.sql`AND repo = ${repo}`,
  ]
  return Prisma.join([Prisma.empty, ...parts.filter((part) => typeof part === 'object')], ' ')
}

const counts = (rows: readonly Row[], by: 'severity' | 'category' | 'control'): Record<string, number> =>
  Object.fromEntries(rows.flatMap((row) => (row[by] !== null && row.open > 0 ? [[row[by], row.open]] : [])))

/** Open findings by severity, category and control, and the month's resolved ones, in one pass over the rows. */
export async function summarize(ctx: Context, filter: ReportFilter): Promise<Summary> {
  const since = new Date(ctx.clock.now().getTime() - MONTH_MS)
  const rows = await ctx.db.$queryRaw<Row[]>`
    SELECT severity::text, category::text, soc2_control AS control,
      count(*) FILTER (WHERE state = 'open')::int AS open,
      count(*) FILTER (WHERE state = 'resolved')::int AS resolved
    FROM finding
    WHERE organization_id = ${ctx.organizationId} ${condition(filter)}
      AND (state = 'open' OR (state = 'resolved' AND resolved_at > ${since}))
    GROUP BY GROUPING SETS ((finding.severity), (finding.category), (soc2_control), ())
    ORDER BY finding.severity, finding.category, soc2_control`
  const total = rows.find((row) => row.severity === null && row.category === null && row.control === null)
  return {
    totalOpen: total?.open ?? 0,
    openBySeverity: counts(rows, 'severity'),
    openByCategory: counts(rows, 'category'),
    openByControl: counts(rows, 'control'),
    resolvedLast30Days: total?.resolved ?? 0,
  }
}
