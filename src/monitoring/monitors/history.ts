import { builder } from '../../core/builder.ts'
import { defineList } from '../../core/list/declare.ts'
import type { UptimeDay as Day } from '../../db/generated/client.ts'
import { MonitorStatus } from './list.ts'

builder.prismaObject('MonitorCheck', {
  description: 'What one check of a monitor found. Single checks are forgotten after some months.',
  authScopes: { can: 'monitors:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    at: t.expose('at', { type: 'DateTime', description: 'When it was begun.' }),
    status: t.expose('status', {
      type: MonitorStatus,
      description:
        'What this check says by itself; the monitor changes for the worse only when two in a row say the same.',
    }),
    via: t.exposeString('via', {
      description: 'How it was asked: http, https, tcp:<port>, ping, dns, tls:<port>, rdap.',
    }),
    statusCode: t.exposeInt('statusCode', { nullable: true, description: 'Of HTTP.' }),
    responseTimeMs: t.exposeInt('responseTimeMs', { nullable: true, description: 'Milliseconds.' }),
    error: t.exposeString('error', { nullable: true, description: 'What was wrong.' }),
  }),
})

export const MonitorChecks = defineList({
  model: 'MonitorCheck',
  filter: {
    at: 'DateTime',
    status: MonitorStatus,
    via: 'String',
    statusCode: 'Int',
    responseTimeMs: 'Int',
  },
  order: ['id', 'at', 'responseTimeMs'],
  defaultOrder: '-at',
})

const percentage = ({ checks, failures }: Day): number | null =>
  checks === 0 ? null : Math.round((100_000 * (checks - failures)) / checks) / 1000

const average = ({ responses, responseTimeMs }: Day): number | null =>
  responses === 0 ? null : Math.round(Number(responseTimeMs) / responses)

builder.prismaObject('UptimeDay', {
  description: 'The checks of a monitor on one day in UTC.',
  authScopes: { can: 'monitors:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    day: t.expose('day', { type: 'Date' }),
    checks: t.exposeInt('checks', { description: 'Those that could tell: an UNKNOWN one is neither good nor bad.' }),
    failures: t.exposeInt('failures', { description: 'Those that found it DOWN.' }),
    uptimePercentage: t.float({
      nullable: true,
      description: '0 to 100: the share of the checks that did not fail.',
      select: { checks: true, failures: true },
      read: { sql: (row) => `round(100.0 * (${row}.checks - ${row}.failures) / nullif(${row}.checks, 0), 3)::float8` },
      resolve: (day) => percentage(day as Day),
    }),
    averageResponseTimeMs: t.int({
      nullable: true,
      description: 'Milliseconds, of those that were answered.',
      select: { responses: true, responseTimeMs: true },
      read: { sql: (row) => `round(${row}.response_time_ms::numeric / nullif(${row}.responses, 0))::int` },
      resolve: (day) => average(day as Day),
    }),
  }),
})

export const UptimeDays = defineList({
  model: 'UptimeDay',
  filter: { day: 'Date', checks: 'Int', failures: 'Int' },
  order: ['id', 'day', 'checks', 'failures'],
  defaultOrder: '-day',
})
