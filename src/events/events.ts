import { builder } from '../core/builder.ts'
import type { Context, Happening } from '../core/context.ts'
import { invalid } from '../core/errors.ts'
import { CATALOGUE, toldData } from '../core/events/catalogue.ts'
import { messageId, messageOf } from '../core/events/message.ts'
import { isPattern, matching } from '../core/events/patterns.ts'
import { mayRead, refuseUnreadable } from '../core/events/readable.ts'
import { following } from '../core/follow.ts'

const MOST_PATTERNS = 100

const AnnouncedEvent = builder.objectRef<Happening>('AnnouncedEvent').implement({
  description: 'Something that happened in the organization.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Where it stands: give it as `after` to go on from there.' }),
    id: t.string({ description: 'As a webhook’s `webhook-id`.', resolve: ({ id }) => messageId(id) }),
    type: t.exposeString('type', { description: '`lead.created`.' }),
    at: t.expose('at', { type: 'DateTime' }),
    data: t.field({
      type: 'JSON',
      description: 'As schema/events.json describes it for this type, in snake_case.',
      resolve: ({ type, data }) => toldData(type, data),
    }),
    payload: t.string({
      description: 'The body of a webhook that tells it.',
      resolve: async (happening, _args, ctx) => messageOf({ ...happening, organization: await organizationOf(ctx) }),
    }),
    requestId: t.exposeString('requestId', { description: 'The request that brought it about.' }),
  }),
})

const organizationOf = ({ db, organizationId }: Context) =>
  db.organization.findUniqueOrThrow({ where: { id: organizationId }, select: { id: true, name: true } })

function patternsOf(ctx: Context, given: readonly string[] | null | undefined): readonly string[] {
  const patterns = given ?? ['*']
  if (patterns.length === 0 || patterns.length > MOST_PATTERNS)
    throw invalid('types', `must name 1 to ${MOST_PATTERNS} types of events.`)
  const unknown = patterns.find((pattern) => !isPattern(pattern))
  if (unknown !== undefined) throw invalid('types', `${unknown} is no event; name one like lead.created, lead.* or *.`)
  refuseUnreadable(ctx, patterns)
  return patterns
}

type Asked = { types?: readonly string[] | null; after?: string | null }

function announced(ctx: Context, { types, after }: Asked): AsyncIterable<Happening> {
  const wanted = new Set<string>(matching(patternsOf(ctx, types)).map(({ type }) => type))
  const tells = (now: Context, { type }: Happening) => wanted.has(type) && mayRead(now, type)
  return following(ctx, { follow: ctx.happenings.events, after, tells })
}

builder.subscriptionField('events', (t) =>
  t.field({
    type: AnnouncedEvent,
    description: `What happens, as it happens: events of these types that you may read, one after the other. FORBIDDEN for types of which you may read none. There are ${CATALOGUE.size} types, in schema/events.json.`,
    rest: false,
    authScopes: { signedIn: true },
    args: {
      types: t.arg.stringList({ description: '`lead.created`, `lead.*` or `*`; everything unless given.' }),
      after: t.arg.string({
        description: 'The cursor of the last event that you know: what came after it, within 30 days, is told first.',
      }),
    },
    subscribe: (_root, asked, ctx) => announced(ctx, asked),
    resolve: (happening) => happening,
  }),
)
