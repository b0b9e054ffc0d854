import type { Registry } from 'prom-client'
import type { App } from '../app.ts'
import { startWatch } from './monitors/watch.ts'
import { type Part, startQueue } from './queue.ts'
import { startSealing } from './sealing.ts'

export type Worker = Part

/** What happens beside requests, in this process and any number of others: jobs are done, monitors checked and audit rows sealed. */
export function startWorker(app: App, registry: Registry): Worker {
  const parts = [startQueue(app, registry), startWatch(app, registry), startSealing(app)]
  return { stop: async () => void (await Promise.all(parts.map((part) => part.stop()))) }
}
