import { queryFromInfo } from '@pothos/plugin-prisma'
import { builder } from '../core/builder.ts'
import type { Context } from '../core/context.ts'
import { enumOf } from '../core/enums.ts'
import { FindingState as STATES } from '../db/generated/enums.ts'
import { FindingCategory, Severity } from './finding-list.ts'
import { Finding } from './findings.ts'
import { findingPage, MOST, matching, type PageQuery } from './page.ts'
import { type Summary, summarize } from './summary.sql.ts'

const DEFAULT_LIMIT = 500

const ReportedState = enumOf(
  'ReportedState',
  [...Object.values(STATES), 'all'],
  'The state of findings, or every state.',
)

type Asked = Partial<{ [K in keyof PageQuery]: PageQuery[K] | null }> & { summary?: boolean | null }
type Page = Awaited<ReturnType<typeof findingPage>>
type Report = Page & { query: PageQuery; asked: Asked; summary: Summary | null }

const NO_PAGE: Page = { findings: [], nextCursor: null }

async function securityReport(ctx: Context, asked: Asked, selection: object): Promise<Report> {
  const query = { ...asked, state: asked.state ?? 'open', limit: asked.limit ?? DEFAULT_LIMIT }
  const [page, summary] = await Promise.all([
    asked.summary === true ? NO_PAGE : findingPage(ctx, query, selection),
    asked.summary === false ? null : summarize(ctx, query),
  ])
  return { ...page, query, asked, summary }
}

/** What narrowed the answer, in the words in which it is asked for. */
function appliedFilters({ query: { state, limit }, asked }: Report): Record<string, unknown> {
  const { severity, category, control, repo, summary } = asked
  const all = { state, severity, category, control, repo, limit, summary }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== null))
}

const SecuritySummary = builder.objectRef<Summary>('SecuritySummary').implement({
  description: 'Open findings counted, in every state and on every page of the same filters.',
  fields: (t) => ({
    totalOpen: t.exposeInt('totalOpen'),
    openBySeverity: t.expose('openBySeverity', { type: 'JSON', description: '{"high": 27}; what is 0 is left out.' }),
    openByCategory: t.expose('openByCategory', { type: 'JSON', description: 'As openBySeverity.' }),
    openByControl: t.expose('openByControl', { type: 'JSON', description: 'As openBySeverity, by SOC 2 control.' }),
    resolvedLast30Days: t.exposeInt('resolvedLast30Days'),
  }),
})

const SecurityReport = builder.objectRef<Report>('SecurityReport').implement({
  description: 'Findings for a SOC 2 platform: the worst first, with a summary.',
  fields: (t) => ({
    asOf: t.field({ type: 'DateTime', resolve: (_report, _args, ctx) => ctx.clock.now() }),
    appliedFilters: t.field({ type: 'JSON', description: 'What narrowed this answer.', resolve: appliedFilters }),
    count: t.int({ description: 'How many findings are in this answer.', resolve: ({ findings }) => findings.length }),
    summary: t.expose('summary', { type: SecuritySummary, nullable: true }),
    findings: t.expose('findings', { type: [Finding], description: 'By severity, first seen, id.' }),
    total: t.int({
      description: 'How many findings match, on all pages.',
      complexity: 5,
      resolve: ({ query }, _args, ctx) => ctx.db.finding.count({ where: matching(ctx, query) }),
    }),
    nextCursor: t.exposeString('nextCursor', {
      nullable: true,
      description: 'Pass it as `cursor` for the next page; null on the last.',
    }),
  }),
})

builder.queryFields((t) => ({
  securityReport: t.field({
    type: SecurityReport,
    description: 'SOC 2 findings across all repositories, for compliance evidence.',
    rest: {
      dialect: 'dashboard',
      route: 'GET /api/v1/security',
      view: `asOf appliedFilters count
        summary { totalOpen openBySeverity openByCategory openByControl resolvedLast30Days }
        findings { id source repo title severity state category soc2Control firstSeenAt url }
        total nextCursor`,
      omitNull: ['summary'],
    },
    authScopes: { can: 'findings:read' },
    complexity: ({ limit }) => ({ field: 10, multiplier: Math.min(Math.max(1, limit ?? DEFAULT_LIMIT), MOST) }),
    args: {
      state: t.arg({
        type: ReportedState,
        defaultValue: 'open',
        description: 'open unless given; all for every state.',
      }),
      severity: t.arg({ type: Severity }),
      category: t.arg({ type: FindingCategory }),
      control: t.arg.string({ description: 'A SOC 2 control: CC7.1.' }),
      repo: t.arg.string({ description: '"owner/name".' }),
      limit: t.arg.int({ defaultValue: DEFAULT_LIMIT, description: `1 to ${MOST}.` }),
      summary: t.arg.boolean({ description: 'true: the summary without findings; false: findings without a summary.' }),
      cursor: t.arg.string({ description: 'Where the page before ended.' }),
    },
    resolve: (_root, args, context, info) =>
      securityReport(context, args, queryFromInfo({ context, info, path: ['findings'] })),
  }),
}))
