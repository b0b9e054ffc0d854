import { builder } from '../../core/builder.ts'
import { type Context, type Happening, row } from '../../core/context.ts'
import { assertHolds, following } from '../../core/follow.ts'
import type { MonitorStatus as Status } from '../../db/generated/enums.ts'
import { MonitorStatus } from './list.ts'
import { Monitor } from './type.ts'

type Told = { monitorId: number; name: string; to?: Status; error?: string | null }
type Turn = { status: Status; told: Told; at: Date; cursor: string }

/** What a monitor became, by what tells it. */
const TURNS: Record<string, (told: Told) => Status> = {
  'monitor.up': () => 'up',
  'monitor.down': () => 'down',
  'monitor.status_changed': ({ to }) => to!,
}

const turnOf = ({ type, data, at, cursor }: Happening): Turn => ({
  ...{ status: TURNS[type]!(data as Told), told: data as Told, at, cursor },
})

const MonitorTurn = builder.objectRef<Turn>('MonitorTurn').implement({
  description: 'A monitor whose status changed: what it watches no longer answers, or answers again, or otherwise.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Where it stands: give it as `after` to go on from there.' }),
    monitorId: t.id({ resolve: ({ told }) => told.monitorId }),
    monitor: t.field({
      type: Monitor,
      nullable: true,
      description: 'As it is now; null where it was deleted.',
      resolve: ({ told }, _args, ctx) => ctx.db.monitor.findUnique({ where: row(ctx, told.monitorId) }),
    }),
    name: t.string({ resolve: ({ told }) => told.name }),
    status: t.expose('status', { type: MonitorStatus }),
    error: t.string({
      nullable: true,
      description: 'What the check met, where something was wrong.',
      resolve: ({ told }) => told.error ?? null,
    }),
    at: t.expose('at', { type: 'DateTime' }),
  }),
})

type Asked = { ids?: readonly number[] | null; after?: string | null }

async function* turns(happenings: AsyncIterable<Happening>): AsyncGenerator<Turn> {
  for await (const happening of happenings) yield turnOf(happening)
}

function turning(ctx: Context, { ids, after }: Asked): AsyncIterable<Turn> {
  assertHolds(ctx, 'monitors:read')
  const wanted = ids && new Set(ids)
  const tells = ({ permissions }: Context, { type, data }: Happening) =>
    permissions.has('monitors:read') && type in TURNS && (!wanted || wanted.has((data as Told).monitorId))
  return turns(following(ctx, { follow: ctx.happenings.events, after, tells }))
}

builder.subscriptionField('monitorStatus', (t) =>
  t.field({
    type: MonitorTurn,
    description: 'Monitors whose status changes, as it happens.',
    rest: false,
    authScopes: { can: 'monitors:read' },
    args: {
      ids: t.arg.idList({ description: 'Of these monitors; of all unless given.' }),
      after: t.arg.string({
        description: 'The cursor of the last turn that you know: what came after it is told first.',
      }),
    },
    subscribe: (_root, asked, ctx) => turning(ctx, asked),
    resolve: (turn) => turn,
  }),
)
