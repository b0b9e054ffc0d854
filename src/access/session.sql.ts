import type { SystemQuery } from '../db/tenant.ts'

const KEPT_MS = 30 * 86_400_000

/** With their refresh tokens; a token that was used is known for as long as its session, so that using it again is seen. */
const PRUNE = `
  DELETE FROM session WHERE id IN (
    SELECT id FROM session WHERE expires_at < $1 ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`

/** Forgets sessions that have been over for a month. */
export const pruneSessions = async (query: SystemQuery, now: Date): Promise<void> => {
  await query(PRUNE, [new Date(now.getTime() - KEPT_MS)], 'session-prune')
}
