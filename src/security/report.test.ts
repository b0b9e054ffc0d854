import { beforeAll, expect, it } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'
import { asSystem } from '../db/tenant.ts'

const graph = testGraph()
const FINDING = {
  source: 'scanner',
  firstSeenAt: new Date('2026-05-01T00:00:00Z'),
  lastSeenAt: new Date('2026-05-02T00:00:00Z'),
}
const LEAK = { ...FINDING, repo: 'acme/shop', category: 'secret', soc2Control: 'CC6.1' } as const
const CVE = { ...FINDING, repo: 'acme/site', category: 'vulnerability', soc2Control: 'CC7.1' } as const
const resolved = (day: string) => ({ state: 'resolved', resolvedAt: new Date(`${day}T00:00:00Z`) }) as const

const FINDINGS = [
  { ...LEAK, title: 'low', severity: 'low' },
  { ...LEAK, title: 'critical-late', severity: 'critical', firstSeenAt: new Date('2026-05-09T00:00:00Z') },
  { ...CVE, title: 'critical', severity: 'critical' },
  { ...CVE, title: 'high-1', severity: 'high' },
  { ...CVE, title: 'high-2', severity: 'high' },
  { ...CVE, title: 'fixed', severity: 'high', ...resolved('2026-05-01') },
  { ...CVE, title: 'fixed long ago', severity: 'high', ...resolved('2026-04-01') },
  { ...LEAK, title: 'dismissed', severity: 'info', state: 'dismissed' },
] as const

beforeAll(async () => {
  const data = [...FINDINGS, { ...LEAK, title: 'canary', severity: 'critical' as const }].map((finding) => ({
    ...finding,
    fingerprint: finding.title,
    organizationId: finding.title === 'canary' ? graph.b.id : graph.a.id,
  }))
  await asSystem(async () => await graph.kit.app.prisma.finding.createMany({ data }))
})

const QUERY = `query ($state: ReportedState, $severity: Severity, $category: FindingCategory, $control: String,
    $repo: String, $limit: Int, $summary: Boolean, $cursor: String) {
  securityReport(state: $state, severity: $severity, category: $category, control: $control, repo: $repo,
      limit: $limit, summary: $summary, cursor: $cursor) {
    asOf appliedFilters count total nextCursor
    summary { totalOpen openBySeverity openByCategory openByControl resolvedLast30Days }
    findings { title } } }`
const ask = (variables: object = {}) => graph.as({ permissions: ['findings:read'] }).run(QUERY, variables as never)
const report = async (variables: object = {}) => {
  const { data, errors } = await ask(variables)
  expect(errors).toBeUndefined()
  const { findings, ...rest } = data.securityReport
  return { ...rest, titles: findings.map(({ title }: { title: string }) => title) }
}

const SUMMARY = {
  totalOpen: 5,
  openBySeverity: { critical: 2, high: 2, low: 1 },
  openByCategory: { vulnerability: 3, secret: 2 },
  openByControl: { 'CC6.1': 2, 'CC7.1': 3 },
  resolvedLast30Days: 1,
}

it('unasked, it shows what is open, the worst and oldest first, with a summary', async () => {
  expect(await report()).toEqual({
    asOf: '2026-05-23T11:42:00Z',
    appliedFilters: { state: 'open', limit: 500 },
    count: 5,
    total: 5,
    nextCursor: null,
    summary: SUMMARY,
    titles: ['critical', 'critical-late', 'high-1', 'high-2', 'low'],
  })
})

it('the summary counts by severity, worst first', async () => {
  const { summary } = await report()
  expect(Object.keys(summary.openBySeverity)).toEqual(['critical', 'high', 'low'])
})

it.each([
  [{ state: 'ALL' }, 8],
  [{ state: 'RESOLVED' }, 2],
  [{ state: 'DISMISSED' }, 1],
  [{ severity: 'HIGH' }, 2],
  [{ category: 'SECRET' }, 2],
  [{ control: 'CC7.1', severity: 'CRITICAL' }, 1],
  [{ repo: 'acme/shop', state: 'ALL' }, 3],
  [{ control: 'CC9.9' }, 0],
])('%j narrows it to %i', async (variables, count) => {
  expect(await report(variables)).toMatchObject({ count, total: count })
})

it('the summary ignores state and limit and honours the other filters', async () => {
  expect((await report({ state: 'DISMISSED', limit: 1 })).summary).toEqual(SUMMARY)
  expect((await report({ state: 'RESOLVED', repo: 'acme/shop', limit: 1 })).summary).toEqual({
    totalOpen: 2,
    openBySeverity: { critical: 1, low: 1 },
    openByCategory: { secret: 2 },
    openByControl: { 'CC6.1': 2 },
    resolvedLast30Days: 0,
  })
  expect((await report({ control: 'CC9.9' })).summary).toEqual({
    ...{ totalOpen: 0, openBySeverity: {}, openByCategory: {}, openByControl: {}, resolvedLast30Days: 0 },
  })
})

it('what was applied is echoed in the words it is asked with', async () => {
  const asked = {
    state: 'ALL',
    severity: 'CRITICAL',
    category: 'SECRET',
    control: 'CC6.1',
    repo: 'acme/shop',
    limit: 7,
  }
  const { appliedFilters } = await report({ ...asked, summary: false })
  expect(appliedFilters).toEqual({
    ...{ state: 'all', severity: 'critical', category: 'secret', control: 'CC6.1', repo: 'acme/shop' },
    ...{ limit: 7, summary: false },
  })
})

it('summary: true leaves out the findings, summary: false the summary', async () => {
  expect(await report({ summary: true })).toMatchObject({
    count: 0,
    total: 5,
    titles: [],
    summary: SUMMARY,
    nextCursor: null,
  })
  expect(await report({ summary: false })).toMatchObject({ count: 5, summary: null })
})

it('pages follow one another without a gap or a repeat', async () => {
  const titles: string[] = []
  let cursor: string | null = null
  do {
    const page = await report({ limit: 2, cursor, state: 'ALL' })
    expect(page.total).toBe(8)
    titles.push(...page.titles)
    cursor = page.nextCursor
  } while (cursor)
  expect(titles).toEqual((await report({ state: 'ALL' })).titles)
  expect(titles).toHaveLength(8)
})

it.each([0, -1, 1001])('a limit of %i is refused', async (limit) => {
  const { errors } = await ask({ limit })
  expect(errors?.[0]?.extensions).toMatchObject({
    code: 'INVALID_REQUEST',
    fields: { limit: ['must be between 1 and 1000.'] },
  })
})

it.each([
  'x',
  'W10',
  Buffer.from('["worst",1,1]').toString('base64url'),
  Buffer.from('["high",1e99,1]').toString('base64url'),
])('the cursor %s is refused', async (cursor) => {
  const { errors } = await ask({ cursor })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_REQUEST', fields: { cursor: [expect.any(String)] } })
})

it('it needs findings:read', async () => {
  const { errors } = await graph.as({ permissions: ['apps:read'] }).run('{ securityReport { count } }')
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'findings:read' })
})
