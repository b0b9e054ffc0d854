import { beforeAll, describe, expect, it } from 'vitest'
import { asSystem } from '../../src/db/tenant.ts'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
let key = ''
const REPO = 'jbratton45/omniforgehq'
const OLD = new Date('2026-01-01T00:00:00Z')

const MORE = [
  { source: 'dependabot', category: 'vulnerability', soc2Control: 'CC7.1', severity: 'critical', state: 'open' },
  { source: 'dependabot', category: 'vulnerability', soc2Control: 'CC7.1', severity: 'low', state: 'open' },
  { source: 'secret-scanning', category: 'secret', soc2Control: 'CC6.1', severity: 'high', state: 'resolved' },
  { source: 'secret-scanning', category: 'secret', soc2Control: 'CC6.1', severity: 'medium', state: 'dismissed' },
] as const

beforeAll(async () => {
  const made = await minted(server, { scopes: ['security'] })
  key = made.token
  await asSystem(async () => {
    await server.app.prisma.finding.createMany({
      data: MORE.map((finding, i) => ({
        ...finding,
        organizationId: made.organizationId,
        repo: REPO,
        title: `finding ${i}`,
        firstSeenAt: OLD,
        lastSeenAt: OLD,
        fingerprint: `contract-${i}`,
        ...(finding.state === 'resolved' && { resolvedAt: new Date('2026-05-20T00:00:00Z') }),
      })),
    })
  })
})

const report = async (query = '') => {
  const { status, json } = await server.request(`/api/v1/security${query}`, { key })
  return { status, ...json }
}
type Row = { id: number; severity: string; state: string; category: string; soc2Control: string; repo: string }

describe('GET /api/v1/security', () => {
  it('shows what is open, the worst first', async () => {
    const { count, total, findings, appliedFilters, nextCursor } = await report()
    expect({ count, total, appliedFilters, nextCursor }).toEqual({
      count: 29,
      total: 29,
      appliedFilters: { state: 'open', limit: 500 },
      nextCursor: null,
    })
    expect(findings[0].severity).toBe('critical')
    expect(findings.at(-1).severity).toBe('low')
  })

  it('shows every state for state=all and one of them by its name', async () => {
    expect((await report('?state=all')).total).toBe(31)
    const resolved = await report('?state=resolved')
    expect(resolved.findings.map(({ state }: Row) => state)).toEqual(['resolved'])
    expect(resolved.appliedFilters).toEqual({ state: 'resolved', limit: 500 })
  })

  it.each([
    ['severity', 'critical', 'severity', 1],
    ['category', 'vulnerability', 'category', 2],
    ['control', 'CC7.1', 'soc2Control', 2],
    ['repo', REPO, 'repo', 3],
  ] as const)('narrows by %s and echoes it', async (name, value, field, total) => {
    const narrowed = await report(`?${name}=${encodeURIComponent(value)}`)
    expect(narrowed.total).toBe(total)
    for (const finding of narrowed.findings) expect(finding[field]).toBe(value)
    expect(narrowed.appliedFilters).toEqual({ state: 'open', [name]: value, limit: 500 })
  })

  it('narrows by all of them at once', async () => {
    const { total } = await report(`?severity=low&category=vulnerability&control=CC7.1&repo=${REPO}&state=open`)
    expect(total).toBe(1)
    expect((await report('?severity=low&category=secret')).total).toBe(0)
  })

  it('pages by limit and cursor without losing or repeating a row', async () => {
    const seen: number[] = []
    let cursor: string | null = ''
    for (let pages = 0; cursor !== null; pages++) {
      expect(pages).toBeLessThan(5)
      const page = await report(`?limit=10${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
      expect(page.total).toBe(29)
      expect(page.count).toBe(page.findings.length)
      seen.push(...page.findings.map(({ id }: Row) => id))
      cursor = page.nextCursor
    }
    expect(seen).toEqual((await report()).findings.map(({ id }: Row) => id))
  })

  it('gives the summary alone for summary=true and none for summary=false', async () => {
    const alone = await report('?summary=true')
    expect(alone).toMatchObject({ count: 0, findings: [], total: 29, summary: { totalOpen: 29 } })
    const without = await report('?summary=false')
    expect(without).not.toHaveProperty('summary')
    expect(without.count).toBe(29)
  })

  it('summarizes in spite of state and limit, and within the other filters', async () => {
    const { summary } = await report('?state=resolved&limit=1')
    expect(summary).toEqual({
      totalOpen: 29,
      openBySeverity: { critical: 1, high: 27, low: 1 },
      openByCategory: { branch_protection: 27, vulnerability: 2 },
      openByControl: { 'CC7.1': 2, 'CC8.1': 27 },
      resolvedLast30Days: 1,
    })
    expect((await report('?control=CC7.1')).summary).toMatchObject({ totalOpen: 2, resolvedLast30Days: 0 })
  })

  it.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=1e99', 'limit'],
    ['state=gone', 'state'],
    ['severity=bad', 'severity'],
    ['category=bad', 'category'],
    ['summary=perhaps', 'summary'],
    ['cursor=%00', 'cursor'],
    ['cursor=nonsense', 'cursor'],
    ['page=2', 'page'],
  ])('refuses %s and names the parameter', async (query, name) => {
    const { status, error, code } = await report(`?${query}`)
    expect([status, code]).toEqual([400, 'invalid_request'])
    expect(error.startsWith(`${name}: `)).toBe(true)
  })

  it('takes the largest limit', async () => {
    expect((await report('?limit=1000')).appliedFilters.limit).toBe(1000)
  })
})
