import type { Terminal } from './command.ts'

const WIDTH = 24
const REDRAW_MS = 100
const LINE_MS = 10_000

const counted = (count: number): string => count.toLocaleString('en-US')

/** `[######            ]  25 %  25,000 rows` where the whole is known, `25,000 rows` where it is not. */
export function bar(rows: number, share: number | undefined): string {
  const words = `${counted(rows)} ${rows === 1 ? 'row' : 'rows'}`
  if (share === undefined) return words
  const part = Math.min(1, share)
  const filled = '#'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH)
  return `[${filled}] ${String(Math.floor(part * 100)).padStart(3)} %  ${words}`
}

/** Shows how far something is: a bar that moves on a terminal, otherwise a line now and then. */
export function watched({ progress, err }: Terminal, now: () => number = () => performance.now()) {
  const every = progress ? REDRAW_MS : LINE_MS
  let shown = progress ? Number.NEGATIVE_INFINITY : now()
  return (rows: number, share?: number): void => {
    if (now() - shown < every) return
    shown = now()
    if (progress) progress(bar(rows, share))
    else err(`${bar(rows, share)} …`)
  }
}
