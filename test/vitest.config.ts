import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

const ROOT = resolve(import.meta.dirname, '..')

/** Faults that only have to end well: each starts processes of its own, and some of them mostly wait. */
const FAULTS = [
  'test/crash/{rewrap,refusals,shutdown,start,streams,workers}.test.ts',
  'test/load/{backup,exchange,monitors}.test.ts',
  'src/db/embedded.test.ts',
]

/** Faults that mostly wait for somebody to be taken for dead. */
const WAITING = ['test/crash/{backups,webhooks}.test.ts']

/** Faults that are repeated as often as somebody asks. */
const CRASHES = ['test/crash/{embedded,server}.test.ts']

/** What mostly waits: it fills the time that faults leave. */
const PATIENT = ['src/jobs/**/*.test.ts', 'src/server/event-stream.test.ts']

/** What asks again and again, and hears the same whichever database is behind it. */
const FUZZ = ['test/fuzz/**/*.test.ts']

/** Promises about time, by the server or Redis: they are tested last, one file after another. */
const TIMED = ['test/crash/{faults,processes,redis}.test.ts', 'test/load/idle.test.ts', 'test/limits/buckets.test.ts']

/** The same, where the database has no part in it. */
const QUIET = ['test/contract/sign-in-times.test.ts', 'test/load/hanging-receivers.test.ts']

/** What a database decides: which rows are found, in which order, and what becomes of them when it is away. */
const BY_DATABASE = [
  'test/contract/{clientst0r-lists,devsphere-lists,database-gone,passwords,processes}.test.ts',
  'test/contract/baserdb-{backups,credentials,platform,tables}.test.ts',
]
/** How the server speaks: the same whichever database is behind it. */
const WRITES = 'test/guards/writes.test.ts'
const FORMS = ['test/contract/**/*.test.ts', WRITES]

/** What says the same whichever server is asked, because it asks none, or only what other tests ask of it too. */
const INDEPENDENT = [
  'src/{browse,cli,core,rest,storage}/**/*.test.ts',
  'src/*.test.ts',
  'test/guards/{contract,fields,permissions}.test.ts',
  'test/tenancy/walk.test.ts',
]

/** A browser draws on everything the machine has. */
const BROWSER = ['test/browser/**/*.test.ts']

type Group = {
  name: string
  include: string[]
  exclude?: string[]
  maxWorkers: number
  groupOrder: number
  /** Loading the schema takes longer than most files do: files that leave nothing behind share what a worker loaded. */
  isolate?: boolean
  globalSetup?: string[]
}

const group = ({ groupOrder, ...files }: Group) => ({
  root: ROOT,
  // The runner would read graphql's ES modules where Node reads its CommonJS: two copies, two realms.
  resolve: { alias: [{ find: /^graphql$/, replacement: resolve(ROOT, 'node_modules/graphql/index.js') }] },
  test: {
    // Only against what never ends: how long a thing may take is said by the test of that thing.
    testTimeout: 60_000,
    ...files,
    pool: 'forks' as const,
    ...{ hookTimeout: 60_000, sequence: { groupOrder } },
  },
})

export default defineConfig({
  root: ROOT,
  test: {
    globalSetup: ['test/kit/cluster.ts'],
    reporters: ['default'],
    teardownTimeout: 30_000,
    projects: [
      group({
        name: 'behaviour',
        include: ['src/**/*.test.ts', 'test/!(contract)/**/*.test.ts', ...BY_DATABASE],
        exclude: [
          ...FAULTS,
          ...WAITING,
          ...CRASHES,
          ...PATIENT,
          ...FUZZ,
          ...TIMED,
          ...QUIET,
          ...INDEPENDENT,
          ...BROWSER,
          WRITES,
        ],
        isolate: false,
        maxWorkers: 2,
        groupOrder: 0,
      }),
      group({
        ...{ name: 'forms', include: FORMS, exclude: [...QUIET, ...BY_DATABASE] },
        ...{ isolate: false, maxWorkers: 2, groupOrder: 0 },
      }),
      group({ name: 'independent', include: INDEPENDENT, maxWorkers: 2, groupOrder: 0 }),
      group({
        ...{ name: 'browser', include: BROWSER, globalSetup: ['test/browser/installed.ts'] },
        ...{ maxWorkers: 2, groupOrder: 1 },
      }),
      group({ name: 'faults', include: FAULTS, maxWorkers: 3, groupOrder: 2 }),
      group({ name: 'waiting', include: WAITING, maxWorkers: 3, groupOrder: 2 }),
      group({ name: 'crashes', include: CRASHES, maxWorkers: 3, groupOrder: 2 }),
      group({ name: 'patient', include: PATIENT, isolate: false, maxWorkers: 3, groupOrder: 2 }),
      group({ name: 'fuzz', include: FUZZ, isolate: false, maxWorkers: 3, groupOrder: 2 }),
      group({ name: 'timed', include: TIMED, maxWorkers: 1, groupOrder: 3 }),
      group({ name: 'quiet', include: QUIET, maxWorkers: 1, groupOrder: 4 }),
    ],
  },
})
