import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { App } from '../app.ts'
import type { Observe } from './attempt.ts'
import { DEPTH } from './job.sql.ts'

type Depth = { name: string; state: string; count: number }

/** What is asked of the database when somebody measures; while it is away there is nothing to tell. */
function measureDepth({ query }: App, registers: Registry[]): void {
  new Gauge({
    name: 'opsgraph_jobs',
    help: 'Jobs that are not finished, by name and state, of all organizations and processes.',
    labelNames: ['name', 'state'],
    registers,
    async collect() {
      const rows = await query<Depth>(DEPTH, []).catch(() => [])
      this.reset()
      for (const { name, state, count } of rows) this.set({ name, state }, count)
    },
  })
}

/** What Prometheus may read of jobs. Names are those of the catalogue, so that no caller can make them grow. */
export function jobMetrics(app: App, registry: Registry): Observe {
  const registers = [registry]
  measureDepth(app, registers)
  const duration = new Histogram({
    name: 'opsgraph_job_duration_seconds',
    help: 'How long attempts of this process took.',
    labelNames: ['name'],
    buckets: [0.01, 0.05, 0.25, 1, 5, 30, 120, 600, 3600],
    registers,
  })
  const attempts = new Counter({
    name: 'opsgraph_job_attempts_total',
    help: 'Attempts of this process, by what became of them.',
    labelNames: ['name', 'outcome'],
    registers,
  })
  const failures = new Counter({
    name: 'opsgraph_job_failures_total',
    help: 'Attempts of this process that failed, whether or not another one follows.',
    labelNames: ['name'],
    registers,
  })
  return (name, outcome, seconds) => {
    duration.observe({ name }, seconds)
    attempts.inc({ name, outcome })
    if (outcome === 'failed' || outcome === 'retrying') failures.inc({ name })
  }
}
