import type { Context } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'
import { ROLE_PERMISSIONS, type Role } from '../../core/permissions.ts'

/** Whoever gives a role, or takes it, could use it through another: it must allow nothing that they may not do themselves. */
export function refuseBroaderRole({ permissions }: Context, role: Role): void {
  const [need, ...more] = ROLE_PERMISSIONS[role].difference(permissions)
  if (need)
    throw new AppError('FORBIDDEN', `The role ${role} allows what you may not do: ${[need, ...more].join(', ')}.`, {
      need,
    })
}
