import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Checked } from '../../core/context.ts'

/** What Prometheus may read of the checks of this process. */
export function watchMetrics(registry: Registry, inFlight: () => number) {
  const registers = [registry]
  const lag = new Histogram({
    name: 'opsgraph_monitor_check_lag_seconds',
    help: 'From when a check was due to when it began.',
    buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300],
    registers,
  })
  const checks = new Counter({
    name: 'opsgraph_monitor_checks_total',
    help: 'Checks, by what they found.',
    labelNames: ['outcome'],
    registers,
  })
  new Gauge({
    name: 'opsgraph_monitor_checks_in_flight',
    help: 'Checks that wait for an answer.',
    registers,
    collect() {
      this.set(inFlight())
    },
  })
  return {
    begun: (seconds: number) => lag.observe(Math.max(0, seconds)),
    ended: (outcome: Checked['status']) => checks.inc({ outcome }),
  }
}
