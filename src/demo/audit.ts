import type { Calendar } from './calendar.ts'
import type { Staffed } from './people.ts'

type Done = {
  who: 'owner' | 'editor'
  action: string
  targetType: string
  targetId: number
  changes: Record<string, string | number | Record<'from' | 'to', string | number>>
  at: Date
}

/** A few of the changes that led to the rows beside them. */
export function addAudit({ rows, ids, users }: Staffed, { at }: Calendar): void {
  const nameOf = (role: Done['who']) => users.find((user) => user.role === role)!.email
  const did = ({ who, targetId, ...done }: Done, nth: number) =>
    rows.add('AuditEvent', {
      ...{ actorKind: 'user', actorId: ids[who], actorName: nameOf(who), targetId: String(targetId), ...done },
      ...{ address: '203.0.113.20', requestId: `demo-${nth + 1}` },
    })
  const done: Done[] = [
    {
      ...{ who: 'owner', action: 'api_key.created', targetType: 'api_key', targetId: 1, at: at(-90, '09:15') },
      changes: { name: 'Trusted service', family: 'dashboard' },
    },
    {
      ...{ who: 'editor', action: 'lead.updated', targetType: 'lead', targetId: 1, at: at(-6, '10:40') },
      changes: { score: { from: 40, to: 72 } },
    },
    {
      ...{ who: 'editor', action: 'password_entry.revealed', targetType: 'password_entry', targetId: 1 },
      ...{ changes: { id: 1 }, at: at(-2, '15:05') },
    },
    {
      ...{ who: 'owner', action: 'job.retried', targetType: 'job', targetId: 2, at: at(-1, '08:12') },
      changes: { state: { from: 'failed', to: 'queued' } },
    },
  ]
  done.forEach(did)
}
