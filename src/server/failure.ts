import { errorHeaders } from '../access/headers.ts'
import { publicError } from '../core/public-error.ts'
import { extensionsOf } from '../graph/execute.ts'
import { type Answer, jsonAnswer } from './answer.ts'

/** An error before execution, whatever its cause, in GraphQL's shape. */
export function failure(thrown: unknown, requestId: string): Answer {
  const error = publicError(thrown)
  const answer = jsonAnswer(error.status, {
    errors: [{ message: error.message, extensions: extensionsOf(error, requestId) }],
  })
  return { ...answer, headers: { ...answer.headers, ...errorHeaders(error) } }
}
