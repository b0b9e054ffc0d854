import { builder } from '../core/builder.ts'
import type { Check, Context } from '../core/context.ts'
import { AppError } from '../core/errors.ts'

type Health = { status: 'ok'; version: string; uptimeSeconds: number; checks: Record<string, Check> }

const Health = builder.objectRef<Health>('Health').implement({
  description: 'Whether this server can do its work.',
  fields: (t) => ({
    status: t.exposeString('status', { description: '"ok"; a server that is not answers 503.' }),
    version: t.exposeString('version'),
    uptimeSeconds: t.exposeInt('uptimeSeconds'),
    checks: t.expose('checks', {
      type: 'JSON',
      description:
        'What was looked at: database, migrations, jobs (done by this process where it works, and by somebody at all), storage.',
    }),
  }),
})

builder.queryField('health', (t) =>
  t.field({
    type: Health,
    description: 'Checks what the server leans on. UNAVAILABLE when something is missing.',
    rest: {
      dialect: 'baserdb',
      route: 'GET /api/healthz',
      view: 'status version uptimeSeconds checks',
      public: true,
      noStore: true,
    },
    authScopes: { public: true },
    resolve: (_root, _args, ctx) => examine(ctx),
  }),
)

export async function examine({ server, clock }: Context): Promise<Health> {
  const checks = await server.checks()
  const failing = Object.entries(checks).filter(([, { ok }]) => !ok)
  if (failing.length)
    throw new AppError('UNAVAILABLE', `Not ready: ${failing.map(([name]) => name).join(', ')}.`, {
      retryAfter: 5,
      checks,
    })
  const uptimeSeconds = Math.max(0, Math.floor((clock.now().getTime() - server.startedAt.getTime()) / 1000))
  return { status: 'ok', version: server.version, uptimeSeconds, checks }
}
