import type { Server } from 'node:http'
import type { App } from '../app.ts'
import { jsonAnswer } from './answer.ts'
import { createListeningServer } from './listener.ts'
import type { Metrics } from './metrics.ts'
import { createOperations } from './operations.ts'

const nothingElse = () =>
  jsonAnswer(404, { error: 'This process works and answers no requests. Try /livez, /readyz or /metrics.' })

/** The HTTP server of a process that only works: for those who run it. */
export function createOperationsServer(app: App, metrics: Metrics): Server {
  const operations = createOperations(app, metrics)
  return createListeningServer(app, metrics, async (asked) => ({
    door: 'operations',
    answer: (await operations(asked)) ?? nothingElse(),
  }))
}
