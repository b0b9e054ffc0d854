import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { CATALOGUE } from './catalogue.ts'
import { matching } from './patterns.ts'

/** A pattern may stand for more than its asker can read, but not for nothing that they can. */
export function refuseUnreadable({ permissions }: Context, patterns: readonly string[]): void {
  for (const pattern of patterns) {
    const found = matching([pattern])
    const need = found[0]?.permission
    if (!found.some(({ permission }) => permissions.has(permission)))
      throw new AppError('FORBIDDEN', `To be told of ${pattern} needs the permission ${need}.`, { need: need! })
  }
}

/** Whether somebody may read what an event of this type tells. */
export function mayRead({ permissions }: Pick<Context, 'permissions'>, type: string): boolean {
  const entry = CATALOGUE.get(type)
  return entry !== undefined && permissions.has(entry.permission)
}
