import { builder } from '../../core/builder.ts'
import { relatedList } from '../../core/list/connection.ts'
import { Incidents } from '../incidents.ts'
import { MonitorChecks, UptimeDays } from './history.ts'
import { CheckType, MonitorKind, MonitorStatus } from './list.ts'

export const Monitor = builder.prismaObject('Monitor', {
  description: 'Something that is looked at again and again, to know whether it answers.',
  authScopes: { can: 'monitors:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    kind: t.expose('kind', { type: MonitorKind }),
    url: t.exposeString('url', {
      nullable: true,
      description: 'What a website, or anything over HTTP, is reached by.',
    }),
    target: t.exposeString('target', { nullable: true, description: 'A host, or host:port, for everything else.' }),
    checkType: t.expose('checkType', { type: CheckType }),
    checkIntervalMinutes: t.exposeInt('checkIntervalMinutes', { description: '1 to 1440.' }),
    expectedStatusCode: t.exposeInt('expectedStatusCode', {
      nullable: true,
      description: 'What HTTP has to answer; where there is none, 200 to 399.',
    }),
    expectedText: t.exposeString('expectedText', {
      nullable: true,
      description: 'What the first MiB of an answer over HTTP has to contain.',
    }),
    slowAfterMs: t.exposeInt('slowAfterMs', {
      nullable: true,
      description: 'Milliseconds; an answer that takes longer is a WARNING.',
    }),
    isEnabled: t.exposeBoolean('isEnabled', { description: 'Whether it is looked at; false: paused.' }),
    status: t.expose('status', { type: MonitorStatus }),
    statusChangedAt: t.expose('statusChangedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when the status is what it is.',
    }),
    lastCheckedAt: t.expose('lastCheckedAt', { type: 'DateTime', nullable: true }),
    lastStatusCode: t.exposeInt('lastStatusCode', { nullable: true, description: 'Of HTTP.' }),
    lastResponseTimeMs: t.exposeInt('lastResponseTimeMs', { nullable: true, description: 'Milliseconds.' }),
    uptimePercentage: t.exposeFloat('uptimePercentage', {
      nullable: true,
      description: '0 to 100: the share of the checks of the last 30 days that did not fail.',
    }),
    sslExpiresAt: t.expose('sslExpiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the certificate expires that was seen last.',
    }),
    domainExpiresAt: t.expose('domainExpiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when the domain is registered, as the register said last.',
    }),
    lastError: t.exposeString('lastError', {
      nullable: true,
      description: 'What was wrong at the last check; none where nothing was.',
    }),
    assetId: t.exposeID('assetId', { nullable: true }),
    asset: t.relation('asset', { nullable: true, description: 'What it watches.' }),
    appId: t.exposeID('appId', { nullable: true }),
    app: t.relation('app', { nullable: true, description: 'Whose running it watches.' }),
    checks: relatedList(t, MonitorChecks, 'checks', { description: 'What each check found, newest first.' }),
    incidents: relatedList(t, Incidents, 'incidents', { description: 'When it did not answer, newest first.' }),
    uptime: relatedList(t, UptimeDays, 'uptime', { description: 'Its checks counted by day, newest first.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})
