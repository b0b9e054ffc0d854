import type { Context } from '../../core/context.ts'
import { CANONICAL, MOMENT } from './canonical.sql.ts'

const AT_ONCE = 1000

/** `canonical` is what the hash is over, so that whoever has the file can prove it without us. */
const LINES = `
  SELECT e.id::text, json_build_object('id', e.id, 'position', s.position, 'at', ${MOMENT}, 'actor_kind', e.actor_kind, 'actor_id', e.actor_id,
    'actor_name', e.actor_name, 'action', e.action, 'target_type', e.target_type, 'target_id', e.target_id, 'changes', e.changes,
    'address', e.address, 'request_id', e.request_id, 'previous_hash', encode(s.previous_hash, 'hex'), 'hash', encode(s.hash, 'hex'),
    'canonical', ${CANONICAL})::text AS line
  FROM audit_event e
  LEFT JOIN audit_seal s ON s.organization_id = e.organization_id AND s.audit_event_id = e.id
  WHERE e.organization_id = $1 AND e.id > $2::bigint AND ($4::timestamptz IS NULL OR e.at >= $4) AND ($5::timestamptz IS NULL OR e.at < $5)
  ORDER BY e.id LIMIT $3`

type Line = { id: string; line: string }
export type Wanted = { from?: Date | undefined; to?: Date | undefined; progress?: (rows: number) => void }

/** The organization's trail as JSON Lines, as many at a time as are read at once. */
export async function* auditLines(ctx: Context, { from, to, progress }: Wanted = {}): AsyncGenerator<string> {
  let rows = 0
  for (let after = '0'; ; ) {
    const values = [ctx.organizationId, after, AT_ONCE, from ?? null, to ?? null]
    const lines = await ctx.db.$queryRawUnsafe<Line[]>(LINES, ...values)
    if (lines.length > 0) yield `${lines.map(({ line }) => line).join('\n')}\n`
    rows += lines.length
    progress?.(rows)
    if (lines.length < AT_ONCE) return
    after = lines.at(-1)!.id
  }
}
