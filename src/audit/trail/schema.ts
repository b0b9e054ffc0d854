import { builder } from '../../core/builder.ts'
import { enumOf } from '../../core/enums.ts'
import { listField } from '../../core/list/connection.ts'
import { AuditEvents } from './type.ts'
import { type Broken, REASONS, type Verification, verifyAudit } from './verify.ts'

/** It reads the whole trail. */
const VERIFICATION_COST = 100

const BreakReason = enumOf(
  'AuditBreakReason',
  REASONS,
  'CHANGED: the row is not what was sealed. DELETED: it is gone. INSERTED: it was not written by this server, or its seal is gone. MOVED: its seal does not follow the one before.',
)

const AuditBreak = builder.objectRef<Broken>('AuditBreak').implement({
  description: 'Where a trail does not hold.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: true, description: 'The row; null where it is gone together with its seal.' }),
    position: t.exposeInt('position', { nullable: true, description: 'Its place in the chain; null without a seal.' }),
    reason: t.expose('reason', { type: BreakReason }),
  }),
})

const AuditVerification = builder.objectRef<Verification>('AuditVerification').implement({
  description: 'Whether the organization’s audit trail is as it was written.',
  fields: (t) => ({
    valid: t.exposeBoolean('valid'),
    checked: t.exposeInt('checked', { description: 'How many seals hold, from the first one on.' }),
    unsealed: t.exposeInt('unsealed', { description: 'How many rows wait for their seal, which takes a few seconds.' }),
    firstBroken: t.field({ type: AuditBreak, nullable: true, resolve: ({ firstBroken }) => firstBroken }),
    lastPosition: t.exposeInt('lastPosition', { description: 'The last place that holds; 0 for an empty trail.' }),
    lastHash: t.exposeString('lastHash', {
      description: 'Its hash: kept elsewhere, it proves later that nothing before it was exchanged.',
    }),
  }),
})

const VIEW = `id actorKind actorId actorName action targetType targetId changes address requestId at
  position previousHash hash`

builder.queryFields((t) => ({
  auditEvents: listField(t, AuditEvents, {
    description: 'The organization’s audit trail, the latest first.',
    rest: {
      dialect: 'baserdb',
      route: 'GET /api/v1/audit/events',
      view: VIEW,
      list: {
        params: {
          actor: 'actorName.eq',
          actor_kind: 'actorKind.eq',
          actor_id: 'actorId.eq',
          action: 'action.eq',
          target: 'targetType.eq',
          target_id: 'targetId.eq',
          from: 'at.gte',
          to: 'at.lte',
        },
      },
    },
    authScopes: { can: 'audit:read' },
  }),
  auditVerification: t.field({
    type: AuditVerification,
    description: 'Reads the whole audit trail and proves its chain of hashes.',
    rest: {
      dialect: 'baserdb',
      route: 'GET /api/v1/audit/verify',
      view: 'valid checked unsealed firstBroken { id position reason } lastPosition lastHash',
      noStore: true,
    },
    authScopes: { can: 'audit:read' },
    complexity: VERIFICATION_COST,
    resolve: (_root, _args, ctx) => verifyAudit(ctx),
  }),
}))
