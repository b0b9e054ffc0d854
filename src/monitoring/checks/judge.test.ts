import { expect, it } from 'vitest'
import type { MonitorStatus } from '../../db/generated/enums.ts'
import { judge, type Standing } from './judge.ts'

const NEW: Standing = { status: 'unknown', pendingStatus: null, pendingSince: null }
const at = (minute: number) => new Date(Date.UTC(2026, 4, 23, 12, minute))

/** The status after each outcome, a minute apart; a change is marked. */
function history(outcomes: MonitorStatus[], from: MonitorStatus = 'unknown'): string[] {
  let standing: Standing = { ...NEW, status: from }
  return outcomes.map((outcome, minute) => {
    const verdict = judge(standing, outcome, at(minute))
    standing = verdict
    return `${verdict.status}${verdict.changed ? '!' : ''}`
  })
}

it.each([
  ['unknown', ['up', 'up'], ['up!', 'up']],
  ['unknown', ['warning'], ['warning!']],
  ['unknown', ['down', 'down', 'down'], ['unknown', 'down!', 'down']],
  ['up', ['down', 'up', 'down', 'down'], ['up', 'up', 'up', 'down!']],
  ['up', ['down', 'unknown', 'down', 'unknown'], ['up', 'up', 'up', 'up']],
  ['up', ['warning', 'warning', 'up'], ['up', 'warning!', 'up!']],
  ['up', ['unknown', 'unknown'], ['up', 'unknown!']],
  ['warning', ['down', 'down'], ['warning', 'down!']],
  ['down', ['up'], ['up!']],
  ['down', ['warning'], ['warning!']],
  ['down', ['unknown', 'down', 'unknown', 'unknown'], ['down', 'down', 'down', 'unknown!']],
] as [MonitorStatus, MonitorStatus[], string[]][])('from %s, %j makes %j', (from, outcomes, expected) => {
  expect(history(outcomes, from)).toEqual(expected)
})

it('a fault began with the check that saw it first', () => {
  const first = judge({ ...NEW, status: 'up' }, 'down', at(1))
  expect(first).toMatchObject({ pendingStatus: 'down', pendingSince: at(1) })
  expect(judge(first, 'down', at(2))).toMatchObject({ changed: true, since: at(1), pendingStatus: null })
  expect(judge({ ...NEW, status: 'down' }, 'up', at(3))).toMatchObject({ changed: true, since: at(3) })
})
