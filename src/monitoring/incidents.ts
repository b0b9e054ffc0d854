import { builder } from '../core/builder.ts'
import { listField } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { rowField } from '../core/row-field.ts'

const Incident = builder.prismaObject('Incident', {
  description: 'A time in which what a monitor watches did not answer.',
  authScopes: { can: 'monitors:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    monitorId: t.exposeID('monitorId'),
    monitor: t.relation('monitor', { description: 'What was watched.' }),
    openedAt: t.expose('openedAt', { type: 'DateTime', description: 'When the first of the checks failed.' }),
    closedAt: t.expose('closedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When a check succeeded again, or the monitor was paused; none while it lasts.',
    }),
    cause: t.exposeString('cause', { nullable: true, description: 'What the check met that confirmed it.' }),
  }),
})

export const Incidents = defineList({
  model: 'Incident',
  filter: { monitorId: 'ID', openedAt: 'DateTime', closedAt: 'DateTime', cause: 'String' },
  order: ['id', 'openedAt', 'closedAt'],
  defaultOrder: '-openedAt',
})

builder.queryFields((t) => ({
  incidents: listField(t, Incidents, {
    description: 'When monitors found that something did not answer, newest first. Open ones: closedAt isNull.',
    rest: false,
    authScopes: { can: 'monitors:read' },
  }),
  incident: rowField(t, Incident, 'incident', {
    description: 'One such time. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'monitors:read' },
  }),
}))
