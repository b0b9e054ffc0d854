import type { App } from './app.ts'
import type { Check, ServerFacts } from './core/context.ts'
import { pendingMigrations } from './db/migrate.ts'
import { VERSION } from './version.ts'

/** When something was last known to go on; the process's start counts as the first time. */
export type Pulse = { beat(): void; age(): number }

export function createPulse(now = () => performance.now()): Pulse {
  let last = now()
  return {
    beat: () => {
      last = now()
    },
    age: () => now() - last,
  }
}

const BRIEFLY_MS = 1000
const LONGER_MS = 10_000
/** Whoever does not answer by then is not there, for whoever asks. */
const PATIENCE_MS = 2000
/** Waiting jobs are looked for every 30 s at least: three times in a row nobody did. */
const SILENT_MS = 100_000
const OVERDUE_MS = 120_000

const OVERDUE = `
  SELECT EXISTS (
    SELECT 1 FROM job WHERE state IN ('queued', 'retrying') AND NOT handed_over AND greatest(created_at, coalesce(run_at, created_at)) < $1
  ) AS overdue`

type Look = () => Promise<unknown>

async function bounded(look: Look): Promise<unknown> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('It did not answer in time.')), PATIENCE_MS)
  try {
    return await Promise.race([look(), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

type Options = Pick<App, 'query' | 'storage' | 'clock' | 'log' | 'pulse'> & {
  migrated: Look
  /** Whether this process does jobs itself. */
  works: boolean
  now?: () => number
}

/** Anyone may ask; why something is missing is for the log alone. What is well is believed for a while, what is not for a second. */
function remembered(
  { log }: Options,
  now: () => number,
  what: string,
  keptMs: number,
  look: Look,
): () => Promise<Check> {
  let last: Promise<Check> | undefined
  let until = 0
  return () => {
    if (last && now() < until) return last
    until = now() + Math.max(PATIENCE_MS, keptMs)
    last = bounded(look).then(
      () => ({ ok: true }),
      (error: unknown) => {
        log.warn({ error }, `${what} is not ready`)
        return { ok: false }
      },
    )
    last.then(({ ok }) => {
      until = now() + (ok ? keptMs : BRIEFLY_MS)
    })
    return last
  }
}

/** Jobs are done: by this process, where it works, and by somebody at all. */
async function working({ query, clock, pulse, works }: Options, isNew: boolean): Promise<void> {
  if (works && pulse.age() > SILENT_MS) throw new Error('This process has not looked for jobs for a while.')
  const due = new Date(clock.now().getTime() - OVERDUE_MS)
  const [found] = await query<{ overdue: boolean }>(OVERDUE, [due], 'jobs-overdue')
  // What waited while nothing ran is nobody's fault yet.
  if (found!.overdue && !isNew) throw new Error('Jobs that are due are handed to nobody.')
}

export function createChecks(options: Options): ServerFacts['checks'] {
  const { query, storage, migrated, now = () => performance.now() } = options
  const startedAt = now()
  const check = (what: string, keptMs: number, look: Look) => remembered(options, now, what, keptMs, look)
  const all = {
    database: check('the database', BRIEFLY_MS, () => query('SELECT 1', [])),
    migrations: check('the schema', LONGER_MS, migrated),
    jobs: check('the work', BRIEFLY_MS, () => working(options, now() - startedAt < OVERDUE_MS)),
    storage: check('the storage', LONGER_MS, () => storage.check()),
  }
  return async () => {
    const entries = Object.entries(all).map(async ([name, look]) => [name, await look()] as const)
    return Object.fromEntries(await Promise.all(entries))
  }
}

type Beneath = Pick<App, 'query' | 'storage' | 'clock' | 'log' | 'pulse' | 'config' | 'databaseUrl'>

export function factsOf({ databaseUrl, config, ...beneath }: Beneath): ServerFacts {
  const migrated = async () => {
    const pending = await pendingMigrations(databaseUrl)
    if (pending.length) throw new Error(`not applied: ${pending.join(', ')}`)
  }
  const checks = createChecks({ ...beneath, migrated, works: config.role !== 'api' })
  return { version: VERSION, startedAt: beneath.clock.now(), checks }
}
