import type { Transaction } from '../db/client.ts'
import type { Context } from './context.ts'
import type { EventType } from './events/catalogue.ts'
import { NEVER_TOLD } from './events/fields.ts'

type Row = { id: number | bigint | string } & Record<string, unknown>

/** What happened: the event's type and its data, which are also the audit row's action and summary. */
export type Change = {
  /** `lead.created`: also the audit action. */
  type: EventType
  target: { type: string; id: number | bigint | string }
  /** What receivers of the event are told. Never a secret. */
  data: Record<string, unknown>
  /** The fields that changed, for the audit trail; the data when left out. */
  changes?: Record<string, unknown>
}

const WRITE = `WITH announced AS (
  INSERT INTO event (organization_id, type, data, request_id, at) VALUES ($1, $2, $3::jsonb, $4, $5)
)
INSERT INTO audit_event (organization_id, actor_kind, actor_id, actor_name, action, target_type, target_id, changes, address, request_id, at)
VALUES ($1, $6::actor_kind, $7, $8, $2, $9, $10, $11::jsonb, $12, $4, $5)`

/** Written once, in the transaction of the change: the outbox event and the audit row, in one statement. */
export async function record(
  tx: Transaction,
  ctx: Context,
  { type, target, data, changes = data }: Change,
): Promise<void> {
  const { actor } = ctx
  await tx.$executeRawUnsafe(
    WRITE,
    ctx.organizationId,
    type,
    JSON.stringify(data),
    ctx.requestId,
    ctx.clock.now(),
    actor.kind,
    actor.id,
    actor.name,
    target.type,
    String(target.id),
    JSON.stringify(changes),
    ctx.address,
  )
}

/** A row's plain columns as an event tells them: no relations, no secrets. */
export function told(row: Row, hidden: readonly string[] = []): Record<string, unknown> {
  const isTold = (key: string, value: unknown) =>
    !NEVER_TOLD.has(key) && !hidden.includes(key) && !(value instanceof Uint8Array)
  const plain = (value: unknown) => (typeof value === 'bigint' ? Number(value) : value)
  return Object.fromEntries(
    Object.entries(row).flatMap(([key, value]) => (isTold(key, value) ? [[key, plain(value)]] : [])),
  )
}

/** The columns that an update changed, before and after. */
export function difference(before: Row, after: Row, hidden: readonly string[] = []): Record<string, unknown> {
  const was = told(before, ['updatedAt', ...hidden])
  const is = told(after, ['updatedAt', ...hidden])
  const changed = Object.keys(is).filter((key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]))
  return Object.fromEntries(changed.map((key) => [key, { from: was[key], to: is[key] }]))
}
