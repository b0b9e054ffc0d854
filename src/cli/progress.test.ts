import { expect, it } from 'vitest'
import { bar, watched } from './progress.ts'

it.each([
  [0, 0, '[                        ]   0 %  0 rows'],
  [1, 0.125, '[###                     ]  12 %  1 row'],
  [12_345, 0.999, '[########################]  99 %  12,345 rows'],
  [100_000, 1, '[########################] 100 %  100,000 rows'],
  [7, 1.2, '[########################] 100 %  7 rows'],
  [12_345, undefined, '12,345 rows'],
])('%d rows of a share of %s', (rows, share, text) => {
  expect(bar(rows, share)).toBe(text)
})

const told = (onTerminal: boolean) => {
  const shown: string[] = []
  const said: string[] = []
  const clock = { now: 0 }
  const terminal = { out: () => {}, err: (line: string) => said.push(line), input: async () => '' }
  const progress = (line: string) => shown.push(line)
  return { shown, said, clock, show: watched({ ...terminal, ...(onTerminal && { progress }) }, () => clock.now) }
}

it('a terminal is shown a bar at once, and then ten times a second at most', () => {
  const { shown, said, clock, show } = told(true)
  for (const [now, rows] of [
    [0, 1],
    [50, 2],
    [99, 3],
    [100, 4],
    [250, 5],
  ] as const) {
    clock.now = now
    show(rows)
  }
  expect([shown, said]).toEqual([['1 row', '4 rows', '5 rows'], []])
})

it('a log is told a line now and then, and of short work none', () => {
  const { shown, said, clock, show } = told(false)
  for (const [now, rows] of [
    [0, 1],
    [9_999, 2],
    [10_000, 3],
    [19_999, 4],
    [20_001, 5],
  ] as const) {
    clock.now = now
    show(rows, rows / 10)
  }
  expect(shown).toEqual([])
  expect(said.map((line) => line.slice(-8))).toEqual([' 3 rows …'.slice(-8), ' 5 rows …'.slice(-8)])
})
