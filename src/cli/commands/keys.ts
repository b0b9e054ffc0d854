import { bucketOf } from '../../access/key-row.ts'
import { createApiKey, revokeApiKey, rotateApiKey, updateApiKey } from '../../accounts/keys/verbs.ts'
import type { Context } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'
import { type Call, type Command, type Option, UsageError } from '../command.ts'
import { inNamed, withApp } from '../opened.ts'
import { table } from '../table.ts'

const organization: Option = { value: 'slug', required: true, description: 'Whose keys.' }
const argument = { name: 'id', description: 'The number that `keys list` shows.' }

const inOrganization = <T>(call: Call, work: (ctx: Context) => Promise<T>): Promise<T> =>
  withApp(call, async (app) => work(await inNamed(app, call.needed('organization'))))

const SHOWN = {
  id: true,
  name: true,
  family: true,
  prefix: true,
  scopes: true,
  isAdmin: true,
  bucketCapacity: true,
  bucketRefillPerSecond: true,
  createdAt: true,
  expiresAt: true,
  lastUsedAt: true,
  lastUsedAddress: true,
  revokedAt: true,
  owner: { select: { user: { select: { email: true } } } },
} as const

type Limited = Parameters<typeof bucketOf>[0]

/** What is in force, as the graph shows it: the key's own bucket, or its family's. */
function limitOf(key: Limited) {
  const { capacity, refillPerSecond } = bucketOf(key)
  return { bucketCapacity: capacity, bucketRefillPerSecond: String(refillPerSecond) }
}

const limitInWords = (key: Limited): string => {
  const { capacity, refillPerSecond } = bucketOf(key)
  return `${capacity}, ${refillPerSecond}/s`
}

async function keysOf(ctx: Context) {
  const rows = await ctx.db.apiKey.findMany({
    where: { organizationId: ctx.organizationId },
    select: SHOWN,
    orderBy: { id: 'asc' },
  })
  return rows.map(({ owner, ...key }) => ({ ...key, ...limitOf(key), owner: owner.user.email }))
}

type Shown = Awaited<ReturnType<typeof keysOf>>[number]

const granted = ({ isAdmin, scopes }: Shown): string => (isAdmin ? 'admin' : scopes.join(' ') || 'the owner’s role')
const day = (time: Date | null): string => time?.toISOString().slice(0, 10) ?? '–'

function stateOf({ revokedAt, expiresAt }: Shown, now: Date): string {
  if (revokedAt) return `revoked ${day(revokedAt)}`
  return expiresAt && expiresAt <= now ? `expired ${day(expiresAt)}` : 'valid'
}

const list: Command = {
  name: 'keys list',
  summary: 'Lists the API keys of an organization.',
  options: { organization },
  run: (call) =>
    inOrganization(call, async (ctx) => {
      const keys = await keysOf(ctx)
      const now = ctx.clock.now()
      const rows = keys.map((key) => [
        ...[String(key.id), key.name, key.family, `${key.prefix}…`, granted(key), key.owner],
        ...[limitInWords(key), day(key.lastUsedAt), stateOf(key, now)],
      ])
      const heading = ['Id', 'Name', 'Family', 'Begins', 'Scopes', 'Owner', 'Limit', 'Last used', 'State']
      call.print({ keys }, keys.length ? table(heading, rows) : 'No keys yet; create one with: opsgraph keys create.')
    }),
}

async function ownerNamed({ db, organizationId }: Context, email: string | undefined): Promise<number> {
  const where = { organizationId, ...(email ? { user: { email: email.toLowerCase() } } : { role: 'owner' as const }) }
  const active = { ...where, status: 'active' as const }
  const member = await db.membership.findFirst({ where: active, orderBy: { id: 'asc' } })
  if (member) return member.id
  throw new AppError(
    'NOT_FOUND',
    email
      ? `Nobody in this organization has the address ${email}.`
      : 'This organization has no owner; name a member with --owner.',
  )
}

const USUAL = 'default'
const BUCKET: Record<string, Option> = {
  'bucket-capacity': { value: 'tokens', description: `Requests in a burst: 1 to 1000000, or ${USUAL}, the family’s.` },
  'bucket-refill': { value: 'tokens', description: `Requests a second that come back: 0.001 up, or ${USUAL}.` },
}

/** Null takes the key back to its family's bucket; what was not given stays. */
const bucketGiven = (call: Call) => ({
  bucketCapacity: call.text('bucket-capacity') === USUAL ? null : call.number('bucket-capacity'),
  bucketRefillPerSecond: call.text('bucket-refill') === USUAL ? null : call.text('bucket-refill'),
})

const shownOnce = (call: Call, { secret, apiKey }: Awaited<ReturnType<typeof createApiKey>>, sentence: string) =>
  call.print({ id: apiKey.id, name: apiKey.name, secret }, `${sentence} Its secret, shown this once:\n\n${secret}`)

const create: Command = {
  name: 'keys create',
  summary: 'Creates an API key and prints its secret once.',
  options: {
    organization,
    name: { value: 'name', required: true, description: 'What it is for.' },
    family: { value: 'family', required: true, description: 'dashboard, devsphere or clientst0r.' },
    scope: { value: 'scope', multiple: true, description: 'apps, leads:read, … as the family’s document names them.' },
    admin: { description: 'Everything in the organization (dashboard keys).' },
    owner: { value: 'address', description: 'Whom it belongs to; the organization’s first owner unless given.' },
    expires: { value: 'time', description: 'When it stops working, like 2027-01-31T00:00:00Z.' },
    cidr: { value: 'range', multiple: true, description: 'Where it works from, like 192.0.2.0/24.' },
    ...BUCKET,
  },
  run: (call) => {
    const input = {
      ...{ name: call.needed('name'), family: call.needed('family'), scopes: call.list('scope') },
      ...{ isAdmin: call.has('admin'), allowedCidrs: call.list('cidr'), expiresAt: call.time('expires') },
      ...bucketGiven(call),
    }
    return inOrganization(call, async (ctx) => {
      const made = await createApiKey(ctx, { ...input, ownerId: await ownerNamed(ctx, call.text('owner')) })
      shownOnce(call, made, `Key ${made.apiKey.id} (${made.apiKey.name}) is made.`)
    })
  },
}

const update: Command = {
  name: 'keys update',
  summary: 'Changes the name or the rate limit of a key, from its next request on.',
  argument,
  options: { organization, name: { value: 'name', description: 'What it is for.' }, ...BUCKET },
  run: (call) => {
    const id = call.id()
    const change = { name: call.text('name'), ...bucketGiven(call) }
    if (Object.values(change).every((value) => value === undefined))
      throw new UsageError('Give at least one of --name, --bucket-capacity and --bucket-refill.', call.command.name)
    return inOrganization(call, async (ctx) => {
      const { name, ...key } = await updateApiKey(ctx, id, change)
      call.print({ id, name, ...limitOf(key) }, `Key ${id} (${name}) is limited to ${limitInWords(key)}.`)
    })
  },
}

const rotate: Command = {
  name: 'keys rotate',
  summary: 'Gives a key a new secret and prints it once.',
  argument,
  options: {
    organization,
    overlap: { value: 'seconds', description: 'How long the old secret still works; 0 unless given, at most 604800.' },
  },
  run: (call) => {
    const id = call.id()
    const overlapSeconds = call.number('overlap') ?? 0
    return inOrganization(call, async (ctx) => {
      const rotated = await rotateApiKey(ctx, id, { overlapSeconds })
      shownOnce(call, rotated, `Key ${id} (${rotated.apiKey.name}) has a new secret.`)
    })
  },
}

const revoke: Command = {
  name: 'keys revoke',
  summary: 'Revokes a key for good; it fails on its next request.',
  argument,
  options: { organization },
  run: (call) => {
    const id = call.id()
    return inOrganization(call, async (ctx) => {
      const { name, revokedAt } = await revokeApiKey(ctx, id)
      call.print({ id, name, revokedAt }, `Key ${id} (${name}) is revoked.`)
    })
  },
}

export const keys: readonly Command[] = [list, create, update, rotate, revoke]
