import { expect, it } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'
import { fixedClock } from '../core/clock.ts'
import { reportFinding } from './verbs.ts'

const graph = testGraph()
const FIELDS = `id source repo title severity state category soc2Control firstSeenAt lastSeenAt resolvedAt
  dismissalReason dueAt fingerprint url app { slug }`
const REPORT = `mutation ($input: ReportFindingInput!) { reportFinding(input: $input) { ${FIELDS} } }`
const SIGHTING = {
  ...{ source: 'github-branch-protection', repo: 'acme/shop', title: "Default branch 'main' has no protection rules" },
  ...{ severity: 'HIGH', category: 'BRANCH_PROTECTION', url: 'https://github.com/acme/shop/settings/branches' },
}
const LATER = fixedClock('2026-06-01T00:00:00Z')

type Move = 'resolveFinding' | 'reopenFinding'
const move = (verb: Move, id: string) =>
  graph.as().run(`mutation ($id: ID!) { ${verb}(id: $id) { state resolvedAt dismissalReason } }`, { id })
const dismiss = (id: string, reason: string) =>
  graph
    .as()
    .run(
      `mutation ($id: ID!, $input: DismissFindingInput!) { dismissFinding(id: $id, input: $input) { state dismissalReason } }`,
      { id, input: { reason } },
    )

async function report(input: object) {
  const { data, errors } = await graph.as().run(REPORT, { input: { ...SIGHTING, ...input } })
  expect(errors).toBeUndefined()
  return data.reportFinding
}

const later = (input: object) => {
  const { ctx } = graph.as()
  const spoken = { ...SIGHTING, severity: 'high', category: 'branch_protection' }
  return reportFinding({ ...ctx, clock: LATER }, { ...spoken, ...input })
}

const trailOf = async (id: string) => {
  const { events, audit } = await graph.trail()
  const mine = audit.filter(({ targetType, targetId }) => targetType === 'finding' && targetId === id)
  const told = events.filter(
    ({ type, data }) => /^(finding|vuln)/.test(type) && (data as { id: number }).id === Number(id),
  )
  expect(told.map(({ type }) => type)).toEqual(mine.map(({ action }) => action))
  return mine
}

it('a weakness seen for the first time is open, and joins the app of its repository', async () => {
  const input = { slug: 'acme/shop', url: 'https://github.com/acme/shop' }
  await graph.as().run('mutation ($input: CreateAppInput!) { createApp(input: $input) { id } }', { input })
  expect(await report({ dueAt: '2026-07-01T00:00:00Z' })).toEqual({
    ...{ ...SIGHTING, id: expect.any(String), state: 'OPEN', soc2Control: 'CC8.1', app: { slug: 'acme/shop' } },
    ...{ firstSeenAt: '2026-05-23T11:42:00Z', lastSeenAt: '2026-05-23T11:42:00Z', resolvedAt: null },
    ...{ dismissalReason: null, dueAt: '2026-07-01T00:00:00Z', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
})

it.each([
  ['VULNERABILITY', undefined, 'CC7.1'],
  ['SECRET', undefined, 'CC6.1'],
  ['BRANCH_PROTECTION', undefined, 'CC8.1'],
  ['SECRET', 'CC7.1', 'CC7.1'],
])('a %s with control %s is mapped to %s', async (category, soc2Control, expected) => {
  const finding = await report({ title: `${category} ${soc2Control}`, category, soc2Control, repo: 'acme/none' })
  expect(finding).toMatchObject({ soc2Control: expected, app: null })
})

it('seen again, it moves its last sighting and stays one row', async () => {
  const { id } = await report({ title: 'again' })
  const again = await later({ title: 'again', severity: 'critical' })
  expect(String(again.id)).toBe(id)
  expect(again).toMatchObject({
    severity: 'critical',
    firstSeenAt: new Date('2026-05-23T11:42:00Z'),
    lastSeenAt: LATER.now(),
  })
  expect((await trailOf(id)).map(({ action }) => action)).toEqual(['finding.created', 'finding.seen'])
})

it('its fingerprint, where there is one, is what makes it the same', async () => {
  const { id } = await report({ title: 'line 10', fingerprint: 'abc' })
  expect(await report({ title: 'line 12', fingerprint: 'abc' })).toMatchObject({ id, title: 'line 12' })
})

it('two scanners that report it at once make one row', async () => {
  const reported = await Promise.all([1, 2, 3, 4].map(() => report({ title: 'at once' })))
  expect(new Set(reported.map(({ id }) => id)).size).toBe(1)
})

it('a resolved one that is seen again is open again', async () => {
  const { id } = await report({ title: 'back' })
  const { data } = await move('resolveFinding', id)
  expect(data.resolveFinding).toMatchObject({ state: 'RESOLVED', resolvedAt: '2026-05-23T11:42:00Z' })
  expect(await later({ title: 'back' })).toMatchObject({ state: 'open', resolvedAt: null })
  const actions = ['finding.created', 'finding.resolved', 'finding.reopened']
  expect((await trailOf(id)).map(({ action }) => action)).toEqual(actions)
})

it('a dismissed one that is seen again stays dismissed, with its reason in the audit trail', async () => {
  const { id } = await report({ title: 'accepted' })
  expect((await dismiss(id, 'A test repository.')).data.dismissFinding).toEqual({
    state: 'DISMISSED',
    dismissalReason: 'A test repository.',
  })
  expect(await later({ title: 'accepted' })).toMatchObject({ state: 'dismissed' })
  const [, dismissed] = await trailOf(id)
  expect(dismissed).toMatchObject({
    action: 'finding.dismissed',
    changes: { dismissalReason: { from: null, to: 'A test repository.' } },
  })
  expect((await move('reopenFinding', id)).data.reopenFinding).toMatchObject({ state: 'OPEN', dismissalReason: null })
})

it('a new vulnerability is announced as such', async () => {
  const { id } = await report({ title: 'CVE-2026-0001', category: 'VULNERABILITY' })
  expect((await trailOf(id)).map(({ action }) => action)).toEqual(['vulnerability.found', 'finding.created'])
})

it('a finding moves only from where it is', async () => {
  const { id } = await report({ title: 'moves' })
  expect((await move('reopenFinding', id)).errors?.[0]).toMatchObject({
    message: 'This finding is open already.',
    extensions: { code: 'CONFLICT' },
  })
  await move('resolveFinding', id)
  expect((await move('resolveFinding', id)).errors?.[0]?.extensions.code).toBe('CONFLICT')
  expect((await dismiss(id, 'late')).errors?.[0]?.extensions.code).toBe('CONFLICT')
})

it.each([
  [{ title: '' }, 'title'],
  [{ soc2Control: 'nothing' }, 'soc2Control'],
  [{ url: 'javascript:alert(1)' }, 'url'],
])('refuses %j under the name of the field', async (input, field) => {
  const { errors } = await graph.as().run(REPORT, { input: { ...SIGHTING, ...input } })
  expect(errors?.[0]?.extensions.code).toBe('INVALID_REQUEST')
  expect(Object.keys(errors?.[0]?.extensions.fields)).toEqual([field])
})

it('nothing is dismissed without a reason', async () => {
  const { id } = await report({ title: 'why' })
  expect((await dismiss(id, ' ')).errors?.[0]?.extensions.fields).toEqual({ reason: ['must say why.'] })
})

it("another organization's finding does not exist", async () => {
  const { id } = await report({ title: 'mine' })
  const there = graph.as({ organization: 'b' })
  const resolved = await there.run('mutation ($id: ID!) { resolveFinding(id: $id) { id } }', { id })
  expect(resolved.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
  const { data } = await there.run('{ findings { totalCount } }')
  expect(data.findings.totalCount).toBe(0)
})

it('reading and writing each need their permission', async () => {
  const written = await graph.as({ permissions: ['findings:read'] }).run(REPORT, { input: SIGHTING })
  expect(written.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'findings:write' })
  const { errors } = await graph.as({ permissions: ['apps:read'] }).run('{ findings { totalCount } }')
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'findings:read' })
})
