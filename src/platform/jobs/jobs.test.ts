import { expect, it } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'

const graph = testGraph()

const FIELDS = 'id name state input attempts maxAttempts outcome error requestId createdAt startedAt finishedAt'
const START = `mutation ($name: String!) { startJob(input: { name: $name }) { ${FIELDS} } }`
const LIST = `query ($filter: JobFilter) { jobs(filter: $filter) { totalCount nodes { ${FIELDS} } } }`
const BREACHES = 'vault.check-breaches'

async function start(organization: 'a' | 'b' = 'a') {
  const { data, errors } = await graph.as({ organization }).run(START, { name: BREACHES })
  expect(errors).toBeUndefined()
  return data.startJob
}

const change = async (field: 'retryJob' | 'cancelJob', id: string) => {
  const { data, errors } = await graph.as().run(`mutation ($id: ID!) { ${field}(id: $id) { ${FIELDS} } }`, { id })
  return data?.[field] ?? errors?.[0]?.extensions
}

it('a job is queued for whoever works, announced and audited', async () => {
  const session = graph.as()
  const { data } = await session.run(START, { name: BREACHES })
  const job = data.startJob
  expect(job).toEqual({
    ...{ id: expect.stringMatching(/^\d+$/), name: BREACHES, state: 'QUEUED', input: {}, attempts: 0, maxAttempts: 4 },
    ...{ outcome: null, error: null, requestId: session.ctx.requestId, createdAt: '2026-05-23T11:42:00Z' },
    ...{ startedAt: null, finishedAt: null },
  })
  const { events, audit } = await graph.trail()
  expect(audit.at(-1)).toMatchObject({ action: 'job.created', targetId: job.id, requestId: job.requestId })
  expect(events.at(-1)?.data).toMatchObject({ name: BREACHES, state: 'queued' })
  expect(events.at(-1)?.data).not.toHaveProperty('ticket')
})

it.each(['nothing', 'backups.run'])(
  '%s is refused by its name: nobody knows it, or it needs more than that',
  async (name) => {
    const { errors } = await graph.as().run(START, { name })
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'INVALID_REQUEST',
      fields: { name: ['must be one of invoices.mark-overdue, vault.check-breaches.'] },
    })
  },
)

it('a cancelled job can be retried, under another ticket, and each change is told', async () => {
  const { id } = await start()
  const ticket = async () => (await graph.as().ctx.db.job.findFirst({ where: { id: Number(id) } }))?.ticket
  const before = await ticket()
  expect(await change('cancelJob', id)).toMatchObject({ state: 'CANCELLED', finishedAt: '2026-05-23T11:42:00Z' })
  expect(await change('cancelJob', id)).toMatchObject({ code: 'CONFLICT' })
  expect(await change('retryJob', id)).toMatchObject({ state: 'QUEUED', attempts: 0, finishedAt: null })
  expect(await ticket()).not.toBe(before)
  expect(await change('retryJob', id)).toMatchObject({ code: 'CONFLICT' })
  const { audit } = await graph.trail()
  const mine = audit.filter(({ targetType, targetId }) => targetType === 'job' && targetId === id)
  expect(mine.map(({ action }) => action)).toEqual(['job.created', 'job.cancelled', 'job.retried'])
  expect(mine[1]?.changes).toMatchObject({ state: { from: 'queued', to: 'cancelled' } })
})

it('jobs are listed newest first and filtered', async () => {
  const ids = [(await start()).id, (await start()).id]
  await change('cancelJob', ids[0])
  const filter = (state: string) => ({ filter: { state: { eq: state }, name: { eq: BREACHES } } })
  const { data } = await graph.as().run(LIST, filter('CANCELLED'))
  expect(data.jobs.nodes[0]).toMatchObject({ id: ids[0], state: 'CANCELLED' })
  const queued = await graph.as().run(LIST, filter('QUEUED'))
  expect(queued.data.jobs.nodes.map(({ id }: { id: string }) => id)).toContain(ids[1])
  expect((await graph.as().run(LIST, filter('FAILED'))).data.jobs.totalCount).toBe(0)
})

it("another organization's job and one that never was are refused alike", async () => {
  const { id } = await start('b')
  for (const each of [id, '2000000000']) {
    expect(await change('retryJob', each)).toMatchObject({ code: 'NOT_FOUND', status: 404 })
    expect(await change('cancelJob', each)).toMatchObject({ code: 'NOT_FOUND', status: 404 })
  }
})

it('jobs are for those who manage the organization', async () => {
  const { errors } = await graph.as({ permissions: ['vault:read', 'vault:write'] }).run(LIST)
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'jobs:read' })
  const started = await graph.as({ permissions: ['jobs:read'] }).run(START, { name: BREACHES })
  expect(started.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'jobs:manage' })
})
