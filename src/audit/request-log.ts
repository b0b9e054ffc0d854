import { builder } from '../core/builder.ts'
import type { Context, LoggedRequest } from '../core/context.ts'
import { assertHolds, following } from '../core/follow.ts'
import { listField } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'

const RequestLogEntry = builder.prismaObject('RequestLog', {
  name: 'RequestLogEntry',
  description: 'One answered request; written within a second or two of the answer.',
  authScopes: { can: 'requests:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    requestId: t.exposeString('requestId', { description: 'As in the answer’s X-Request-Id.' }),
    method: t.exposeString('method'),
    path: t.exposeString('path', { description: 'Without the query string.' }),
    dialect: t.exposeString('dialect', { nullable: true, description: 'The owner of a REST path; none for GraphQL.' }),
    operation: t.exposeString('operation', { nullable: true, description: 'The name of a GraphQL operation.' }),
    status: t.exposeInt('status', { description: 'The HTTP status.' }),
    durationMs: t.exposeFloat('durationMs', { description: 'Milliseconds.' }),
    cost: t.exposeInt('cost', { description: 'Tokens taken from the bucket.' }),
    address: t.exposeString('address', { description: 'Where it came from.' }),
    apiKeyId: t.exposeID('apiKeyId', { nullable: true }),
    userId: t.exposeID('userId', { nullable: true, description: 'The person behind the key.' }),
    at: t.expose('at', { type: 'DateTime' }),
  }),
})

const RequestLog = defineList({
  model: 'RequestLog',
  type: 'RequestLogEntry',
  filter: {
    method: 'String',
    path: 'String',
    dialect: 'String',
    operation: 'String',
    status: 'Int',
    durationMs: 'Float',
    cost: 'Int',
    address: 'String',
    requestId: 'String',
    apiKeyId: 'ID',
    userId: 'ID',
    at: 'DateTime',
  },
  order: ['id', 'at', 'status', 'durationMs', 'cost'],
  defaultOrder: '-at',
})

builder.queryField('requestLog', (t) =>
  listField(t, RequestLog, {
    description: 'The requests that the organization’s keys made, newest first.',
    rest: false,
    authScopes: { can: 'requests:read' },
  }),
)

builder.subscriptionField('requestLog', (t) =>
  t.field({
    type: RequestLogEntry,
    description: 'The requests that the organization’s keys make, a second or two after they were answered.',
    rest: false,
    authScopes: { can: 'requests:read' },
    args: {
      after: t.arg.string({ description: 'The id of the last entry that you know: what came after it is told first.' }),
    },
    subscribe: (_root, { after }, ctx) => logged(ctx, after),
    resolve: (entry) => entry as never,
  }),
)

function logged(ctx: Context, after: string | null | undefined): AsyncIterable<LoggedRequest> {
  assertHolds(ctx, 'requests:read')
  const tells = ({ permissions }: Context) => permissions.has('requests:read')
  return following(ctx, { follow: ctx.happenings.requests, after, tells })
}
