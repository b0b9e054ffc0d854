import type { ForbiddenResult } from '@pothos/plugin-scope-auth'
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

/** Names the permission that was missing, so that a caller can ask for it. */
export function refusal(result: ForbiddenResult): AppError {
  const need = missing(result.failure as Failure)
  return new AppError(
    'FORBIDDEN',
    need ? `This needs the permission ${need}.` : 'This is not permitted.',
    need ? { need } : {},
  )
}
