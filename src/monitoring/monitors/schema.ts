import { limitField } from '../../access/rate-limited-field.ts'
import { builder, type InputFields } from '../../core/builder.ts'
import type { Context } from '../../core/context.ts'
import { listField } from '../../core/list/connection.ts'
import { clientst0rRoutes } from '../../core/rest-resource.ts'
import { rowField } from '../../core/row-field.ts'
import { rowMutations } from '../../core/row-mutations.ts'
import { checkMonitor } from '../checks/check-monitor.ts'
import { CheckType, MonitorKind, Monitors } from './list.ts'
import { Monitor } from './type.ts'
import { createMonitor, deleteMonitor, updateMonitor } from './verbs.ts'

const VIEW = `id name kind url target checkType checkIntervalMinutes expectedStatusCode expectedText slowAfterMs isEnabled status
  lastCheckedAt lastStatusCode lastResponseTimeMs uptimePercentage sslExpiresAt domainExpiresAt lastError assetId appId createdAt
  updatedAt`

const ROUTES = clientst0rRoutes({
  name: 'monitors',
  view: VIEW,
  required: 'name',
  params: {
    kind: 'kind.eq',
    status: 'status.eq',
    is_enabled: 'isEnabled.eq',
    check_type: 'checkType.eq',
    asset_id: 'assetId.eq',
    app_id: 'appId.eq',
    ssl_expires_before: 'sslExpiresAt.lte',
    ssl_expires_after: 'sslExpiresAt.gte',
    domain_expires_before: 'domainExpiresAt.lte',
    domain_expires_after: 'domainExpiresAt.gte',
  },
})

builder.queryFields((t) => ({
  monitors: listField(t, Monitors, {
    description: 'Monitors, newest first. A search looks through name, url and target.',
    rest: ROUTES.list,
    authScopes: { can: 'monitors:read' },
  }),
  monitor: rowField(t, Monitor, 'monitor', {
    description: 'One monitor and its status. NOT_FOUND where there is none.',
    rest: ROUTES.one,
    authScopes: { can: 'monitors:read' },
  }),
}))

const fieldsOf = (t: InputFields) => ({
  kind: t.field({ type: MonitorKind, description: 'WEBSITE unless given.' }),
  url: t.string({ description: 'For a website, or a check over HTTP: http:// or https://.' }),
  target: t.string({
    description: 'For every other check: a host; host:port for TCP, and for TLS on another port than 443.',
  }),
  checkType: t.field({ type: CheckType, description: 'HTTP for a website, else ICMP, unless given.' }),
  checkIntervalMinutes: t.int({
    description: '1 to 1440; 5 unless given. For a domain 60 to 1440; 1440 unless given.',
  }),
  expectedStatusCode: t.int({ description: 'Of HTTP: 100 to 599; any from 200 to 399 unless given.' }),
  expectedText: t.string({
    description: 'What the first MiB of an answer over HTTP has to contain; at most 500 characters.',
  }),
  slowAfterMs: t.int({ description: '1 to 10000; an answer that takes longer is a WARNING.' }),
  isEnabled: t.boolean({ description: 'True unless given; false pauses it, and makes its status UNKNOWN.' }),
  assetId: t.id({ description: 'The asset that it watches.' }),
  appId: t.id({ description: 'The app that it watches.' }),
})

rowMutations(Monitor, {
  can: 'monitors:write',
  required: 'name',
  fields: fieldsOf,
  create: { verb: createMonitor, rest: ROUTES.create, description: 'Sets up a monitor.' },
  update: {
    verb: updateMonitor,
    rest: ROUTES.update,
    description: 'Changes a monitor. NOT_FOUND where there is none.',
  },
  delete: { verb: deleteMonitor, rest: false, description: 'Deletes a monitor and returns it as it was.' },
})

/** Thirty checks of each key in a minute: they are calls to others. */
const limited = limitField<Context, object>({
  window: 60,
  max: 30,
  identity: ({ organizationId, actor }) => `monitor:${organizationId}:${actor.kind}:${actor.id}`,
})

builder.mutationField('checkMonitor', (t) =>
  t.field({
    type: Monitor,
    description:
      'Checks a monitor now, also one that is paused, and returns it as it is then; 10 s at most. RATE_LIMITED after 30 in a minute.',
    rest: false,
    authScopes: { can: 'monitors:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: limited((_root, { id }, ctx) => checkMonitor(ctx, id)),
  }),
)
