import { limitField } from '../access/rate-limited-field.ts'
import type { Context } from '../core/context.ts'

/** Whoever reads secrets by the dozen is stopped, across all processes. */
export const sensitive = limitField<Context, object>({
  window: 60,
  max: 30,
  identity: ({ organizationId, actor }) => `${organizationId}:${actor.kind}:${actor.id}`,
})
