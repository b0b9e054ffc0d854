import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  execute as run,
} from 'graphql'
import type { Context } from '../core/context.ts'
import { publicly, type Report } from './execute.ts'

type Operation = { document: DocumentNode; variables: Record<string, unknown> | undefined; name: string | undefined }

/** What a subscription follows, and how each happening of it is answered. */
export type Subscription = {
  source: AsyncIterable<unknown>
  /** In a context of its own: what somebody may read is asked anew each time. */
  answer(happening: unknown, ctx: Context): Promise<ExecutionResult>
}

export type Subscribe = (operation: Operation, ctx: Context) => Promise<Subscription | ExecutionResult>

export const createSubscribe =
  (schema: GraphQLSchema, report: Report): Subscribe =>
  async ({ document, variables: variableValues, name: operationName }, ctx) => {
    const told = ({ errors, ...result }: ExecutionResult, asker: Context): ExecutionResult =>
      errors ? { ...result, errors: errors.map((error) => publicly(error, asker, report)) } : result
    const source = await createSourceEventStream({ schema, document, contextValue: ctx, variableValues, operationName })
    if (!(Symbol.asyncIterator in source)) return told(source, ctx)
    return {
      source,
      answer: async (rootValue, contextValue) =>
        told(await run({ schema, document, rootValue, contextValue, variableValues, operationName }), contextValue),
    }
  }
