import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { App } from '../app.ts'
import { WAITING, type Waiting } from './metrics.sql.ts'

/** What Prometheus may read. Labels are few and fixed, so that no caller can make them grow. */
export function createMetrics(app: App) {
  const registers = [new Registry()]
  const [registry] = registers as [Registry]
  collectDefaultMetrics({ register: registry, prefix: 'opsgraph_' })
  const duration = new Histogram({
    name: 'opsgraph_request_duration_seconds',
    help: 'Time from the request line to the last byte of the answer.',
    labelNames: ['door', 'method', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  const refused = new Counter({
    name: 'opsgraph_rate_limited_total',
    help: 'Requests that found an empty bucket.',
    labelNames: ['door'],
    registers,
  })
  const executed = new Counter({
    name: 'opsgraph_operations_total',
    help: 'Operations, by what answered them: one compiled statement, or the executor field by field.',
    labelNames: ['by'],
    registers,
  })
  new Gauge({
    name: 'opsgraph_database_connections',
    help: 'Connections of the pool, by state.',
    labelNames: ['state'],
    registers,
    collect() {
      this.set({ state: 'open' }, app.pool.totalCount)
      this.set({ state: 'idle' }, app.pool.idleCount)
      this.set({ state: 'waited_for' }, app.pool.waitingCount)
    },
  })
  new Gauge({
    name: 'opsgraph_waiting',
    help: 'Events that nobody was told of yet, and webhook deliveries that are still to be made.',
    labelNames: ['what'],
    registers,
    async collect() {
      const [found] = await app.query<Waiting>(WAITING, []).catch(() => [])
      if (!found) return this.reset()
      this.set({ what: 'events' }, found.events)
      this.set({ what: 'deliveries' }, found.deliveries)
    },
  })
  /** By what tells them apart: to put that together for every request would take longer than to count it. */
  const durations = new Map<string, Histogram.Internal<'door' | 'method' | 'status'>>()
  const durationOf = (door: string, method: string, status: number) => {
    const family = Math.floor(status / 100)
    const key = `${door} ${method} ${family}`
    const known = durations.get(key) ?? duration.labels({ door, method, status: `${family}xx` })
    durations.set(key, known)
    return known
  }
  return {
    registry,
    observe(door: string, method: string, status: number, seconds: number) {
      durationOf(door, method, status).observe(seconds)
      if (status === 429) refused.inc({ door })
    },
    executed(by: 'statement' | 'executor') {
      executed.inc({ by })
    },
  }
}

export type Metrics = ReturnType<typeof createMetrics>
