/** What the queue has to know of work that is done for one organization; the work itself stands in `src/jobs`. */
export type JobKind = {
  summary: string
  /** How often it is tried before it has failed. */
  attempts: number
  /** Seconds before the second attempt where the first one failed; doubled for each one after it. */
  retryAfter: number
  /** Seconds after which an attempt is taken for lost. */
  expiresAfter: number
  /** It is about something, and asked for where that is. */
  isAbout?: true
}

const HOUR = 3600

export const JOB_KINDS = {
  'invoices.mark-overdue': {
    summary: 'marks sent invoices whose due day has passed overdue',
    attempts: 5,
    retryAfter: 30,
    expiresAfter: HOUR,
  },
  'vault.check-breaches': {
    summary: 'looks passwords up among breached ones that were not looked up for a week',
    attempts: 4,
    retryAfter: 300,
    expiresAfter: 6 * HOUR,
  },
  'backups.run': {
    summary: 'makes a backup of a project',
    ...{ attempts: 3, retryAfter: 30, expiresAfter: 6 * HOUR, isAbout: true },
  },
  'backups.verify': {
    summary: 'restores a backup where nobody sees it, and compares',
    ...{ attempts: 3, retryAfter: 30, expiresAfter: 6 * HOUR, isAbout: true },
  },
  'backups.restore': {
    summary: 'brings a project back from a backup',
    ...{ attempts: 3, retryAfter: 30, expiresAfter: 6 * HOUR, isAbout: true },
  },
} as const satisfies Record<string, JobKind>

export type JobName = keyof typeof JOB_KINDS

export const JOB_NAMES = Object.keys(JOB_KINDS) as JobName[]

/** Those that may be asked for by their name alone. */
export const PLAIN_JOB_NAMES = JOB_NAMES.filter((name) => !('isAbout' in JOB_KINDS[name]))

export const isJobName = (name: string): name is JobName => Object.hasOwn(JOB_KINDS, name)

export const kindOf = (name: JobName): JobKind => JOB_KINDS[name]
