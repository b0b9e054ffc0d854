import type { Context } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'
import { CATALOGUE } from '../../core/events/catalogue.ts'
import { matching } from '../../core/events/patterns.ts'

const EVERYTHING = '*'
const NEEDED = [...new Set([...CATALOGUE.values()].map(({ permission }) => permission))]

/** What whoever chooses an endpoint's events can read: of anything else it is not told. */
export function readsOf({ permissions }: Context): string[] {
  const held = NEEDED.filter((permission) => permissions.has(permission))
  return held.length === NEEDED.length ? [EVERYTHING] : held
}

type Told = { events: readonly string[]; permissions: readonly string[] }

/** The events that an endpoint is told of. */
export const toldTo = ({ events, permissions }: Told) =>
  matching(events).filter(({ permission }) => permissions.includes(EVERYTHING) || permissions.includes(permission))

/** Whoever sends an endpoint's events elsewhere, or learns its secret, could read them: they must be able to anyway. */
export function refuseBroader(ctx: Context, endpoint: Told): void {
  const beyond = toldTo(endpoint).find(({ permission }) => !ctx.permissions.has(permission))
  if (!beyond) return
  const { type, permission: need } = beyond
  throw new AppError('FORBIDDEN', `This endpoint is told of ${type}, which needs ${need}.`, { need })
}
