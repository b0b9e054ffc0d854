import type { ForbiddenResult } from '@pothos/plugin-scope-auth'
import type { Context } from './context.ts'
import { AppError } from './errors.ts'

type Failure = { kind: string; scope?: string; parameter?: unknown; failures?: Failure[] }

function missing(failure: Failure): string | undefined {
  if (failure.kind === 'AuthScope' && failure.scope === 'can') return String(failure.parameter)
  for (const inner of failure.failures ?? []) {
    const need = missing(inner)
    if (need) return need
  }
  return undefined
}

const undecided = (slugs: readonly string[]) =>
  new AppError(
    'INVALID_REQUEST',
    `You belong to several organizations; name one in the header X-Organization: ${slugs.join(', ')}.`,
  )

/** Names the permission that was missing, so that a caller can ask for it; or that an organization has to be chosen. */
export function refusal(result: ForbiddenResult, { credential }: Context): AppError {
  if (credential?.undecided?.length) return undecided(credential.undecided)
  const need = missing(result.failure as Failure)
  return new AppError(
    'FORBIDDEN',
    need ? `This needs the permission ${need}.` : 'This is not permitted.',
    need ? { need } : {},
  )
}
