import { randomUUID } from 'node:crypto'
import type { App } from '../app.ts'
import { systemContext } from '../context.ts'
import { isoDate } from '../core/clock.ts'
import { WITH_LATE_INVOICES } from '../crm/invoices/late.sql.ts'
import { dropPartitions, makePartitions } from '../db/partitions.ts'
import { expireCredential } from '../platform/credentials/issued/end.ts'
import { type JobName, kindOf } from '../platform/jobs/kinds.ts'
import { pruneEvents } from '../webhooks/courier/prune.ts'
import { deleteOldBackups, startDueBackups } from './backups.ts'
import { FORGET, QUEUE_FOR } from './job.sql.ts'

/** Work of the server itself: most of it asks which organizations something is to be done for, and queues jobs for them. */
export type Schedule = {
  name: string
  /** Minute, hour, day, month, weekday: in UTC. */
  cron: string
  summary: string
  /** Also when a process starts. */
  atStart?: true
  run(app: App): Promise<void>
}

/** What the queue calls them. */
export const SCHEDULED = 'schedules'

const KEPT_MS = 30 * 86_400_000
const BATCH = 1000

const WITH_PASSWORDS = `SELECT DISTINCT organization_id AS id FROM password_entry WHERE has_password`

type Expired = { organizationId: number; id: number }
const EXPIRED = `SELECT organization_id AS "organizationId", id FROM credential
  WHERE kind = 'issued' AND revoked_at IS NULL AND expires_at <= $1 ORDER BY expires_at`

async function queueFor(app: App, name: JobName, text: string, values: unknown[]): Promise<void> {
  const found = await app.query<{ id: number }>(text, values)
  const ids = found.map(({ id }) => id)
  await app.query(QUEUE_FOR, [ids, name, kindOf(name).attempts, `schedule-${randomUUID()}`, app.clock.now()])
}

async function keepMonths({ databaseUrl, clock, config, log }: App): Promise<void> {
  await makePartitions(databaseUrl, clock.now())
  for (const name of await dropPartitions(databaseUrl, clock.now(), config.checkMonths))
    log.info({ name }, 'a month that is no longer kept was dropped')
}

/** Their roles cannot sign in since then; this takes away what is left of them. One that cannot be ended keeps no other. */
async function endExpired(app: App): Promise<void> {
  const { query, clock, log } = app
  for (const { organizationId, id } of await query<Expired>(EXPIRED, [clock.now()]))
    await expireCredential(systemContext(app, organizationId, `schedule-${randomUUID()}`), id).catch((error: unknown) =>
      log.error({ error, organizationId, credential: id }, 'a credential that has expired was not ended'),
    )
}

async function forgetFinished({ query, clock }: App): Promise<void> {
  const before = new Date(clock.now().getTime() - KEPT_MS)
  for (let count = BATCH; count === BATCH; )
    count = (await query(`${FORGET} RETURNING 1 AS one`, [before, BATCH])).length
}

export const SCHEDULES: readonly Schedule[] = [
  {
    name: 'overdue-invoices',
    cron: '7 * * * *',
    atStart: true,
    summary: 'queues invoices.mark-overdue where somebody’s invoice is late',
    run: (app) => queueFor(app, 'invoices.mark-overdue', WITH_LATE_INVOICES, [isoDate(app.clock.now())]),
  },
  {
    name: 'breached-passwords',
    cron: '23 3 * * *',
    summary: 'queues vault.check-breaches where there are passwords',
    run: (app) => queueFor(app, 'vault.check-breaches', WITH_PASSWORDS, []),
  },
  {
    name: 'expired-credentials',
    cron: '*/5 * * * *',
    atStart: true,
    summary: 'drops the roles of issued credentials that have expired, and ends their sessions',
    run: endExpired,
  },
  {
    name: 'backups',
    cron: '*/10 * * * *',
    atStart: true,
    summary: 'queues backups.run where a schedule of backups is due, and deletes backups whose time is over',
    run: async (app) => {
      await startDueBackups(app)
      await deleteOldBackups(app)
    },
  },
  {
    name: 'housekeeping',
    cron: '41 * * * *',
    atStart: true,
    summary: 'forgets answers kept for Idempotency-Key, and jobs and events of 30 days ago',
    run: async (app) => {
      await app.idempotency.prune()
      await forgetFinished(app)
      await pruneEvents(app.query, app.clock.now())
    },
  },
  {
    name: 'months',
    cron: '17 2 * * *',
    atStart: true,
    summary: 'makes room for the checks of months to come, and drops those that are no longer kept',
    run: keepMonths,
  },
]
