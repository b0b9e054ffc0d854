import { type MintedKey, mintKey } from '../../access/token.ts'
import { type Context, row } from '../../core/context.ts'
import { AppError, invalid } from '../../core/errors.ts'
import { hiddenOf, type VerbOf } from '../../core/events/catalogue.ts'
import type { Role } from '../../core/permissions.ts'
import { difference, record, told } from '../../core/record.ts'
import { type Input, validated } from '../../core/validate.ts'
import { createRow, updateRow } from '../../core/write.ts'
import type { Transaction } from '../../db/client.ts'
import { type Change, type Creation, change, creation, rotation } from './input.ts'
import { announceKey, replaceSecret } from './rotate.sql.ts'
import { checkScopes, type Grant, refuseBroader, refuseWidening } from './scopes.ts'

const KEY = { name: 'api_key' } as const

/** What events and audit rows may tell of a key: its hashes are not even read. */
const TOLD = {
  id: true,
  family: true,
  name: true,
  prefix: true,
  scopes: true,
  isAdmin: true,
  bucketCapacity: true,
  bucketRefillPerSecond: true,
  allowedCidrs: true,
  ownerId: true,
  expiresAt: true,
  revokedAt: true,
  previousExpiresAt: true,
  organizationId: true,
  owner: { select: { role: true } },
} as const

const manages = (ctx: Context): boolean => ctx.permissions.has('keys:manage')

/** The keys that the caller may see and change: all of them, or their own ClientSt0r keys. */
export const ownKeys = (ctx: Context) =>
  manages(ctx) ? {} : { family: 'clientst0r' as const, ownerId: ctx.actor.userId ?? -1 }

const needsManage = (sentence: string) => new AppError('FORBIDDEN', sentence, { need: 'keys:manage' })

function refuseBucket(ctx: Context, { bucketCapacity, bucketRefillPerSecond }: Change): void {
  if ((bucketCapacity ?? bucketRefillPerSecond ?? null) !== null && !manages(ctx))
    throw needsManage('Only who manages all keys can give one a bucket of its own.')
}

function ownerOf(ctx: Context, { family, ownerId }: Creation): number {
  if (!manages(ctx) && (family !== 'clientst0r' || (ownerId ?? ctx.actor.userId) !== ctx.actor.userId))
    throw needsManage('Without keys:manage you can make ClientSt0r keys for yourself only.')
  const owner = ownerId ?? ctx.actor.userId
  if (owner === null) throw invalid('ownerId', 'is needed here: name the member whom the key belongs to.')
  return owner
}

async function roleOf(ctx: Context, userId: number): Promise<Role> {
  const where = { organizationId: ctx.organizationId, id: userId }
  const member = await ctx.db.membership.findFirst({ where: { ...where, status: 'active' }, select: { role: true } })
  if (!member) throw invalid('ownerId', 'No such row.')
  return member.role
}

/** `admin` is a scope in the document and a flag on the key. */
function asked({ family, scopes, isAdmin }: Pick<Creation, 'family' | 'scopes' | 'isAdmin'>, ownerRole: Role): Grant {
  checkScopes(family, scopes)
  const admin = isAdmin || scopes.includes('admin')
  if (admin && family !== 'dashboard') throw invalid('isAdmin', 'Only a dashboard key can be an admin key.')
  if (!admin && scopes.length === 0 && family !== 'clientst0r')
    throw invalid('scopes', 'must name at least one scope, unless the key is an admin key.')
  return { family, scopes: admin ? [] : scopes, isAdmin: admin, ownerRole }
}

const secretColumns = ({ hash, prefix, publicId }: MintedKey) => ({
  hash: Uint8Array.from(hash),
  prefix,
  publicId: publicId ?? null,
})

/** The secret is returned once and never again: only its hash is kept. */
export async function createApiKey(ctx: Context, input: Input) {
  const wanted = validated(creation(ctx.clock), input)
  refuseBucket(ctx, wanted)
  const ownerId = ownerOf(ctx, wanted)
  const grant = asked(wanted, await roleOf(ctx, ownerId))
  refuseBroader(ctx, grant)
  const minted = mintKey(grant.family)
  const { scopes, isAdmin } = grant
  const data = { ...wanted, ...secretColumns(minted), scopes: [...scopes], isAdmin, ownerId }
  const apiKey = await createRow(ctx, KEY, (tx) =>
    tx.apiKey.create({
      data: { ...data, organizationId: ctx.organizationId, createdAt: ctx.clock.now() },
      select: TOLD,
    }),
  )
  ctx.answer.secret = true
  return { secret: minted.key, apiKey }
}

const read = (ctx: Context, id: number) => (tx: Transaction) =>
  tx.apiKey.findFirst({ where: { ...row(ctx, id).organizationId_id, ...ownKeys(ctx) }, select: TOLD })

type Told = NonNullable<Awaited<ReturnType<ReturnType<typeof read>>>>

const grantOf = ({ owner, ...key }: Told): Grant => ({ ...key, ownerRole: owner.role })

/** Changes a key that is still in force and allows nothing that the caller may not do. */
async function changeKey(
  ctx: Context,
  id: number,
  verb: VerbOf<'api_key'>,
  write: (tx: Transaction, before: Told) => Promise<Told>,
): Promise<Told> {
  const changed = await updateRow(ctx, KEY, {
    verb,
    read: read(ctx, id),
    write: async (tx, before) => {
      if (before.revokedAt) throw new AppError('CONFLICT', 'This key is revoked; create another one.')
      refuseBroader(ctx, grantOf(before))
      await announceKey(tx, id)
      return write(tx, before)
    },
  })
  await ctx.forgetCredentials(`key:${id}`)
  return changed
}

export async function rotateApiKey(ctx: Context, id: number, input: Input = {}) {
  const { overlapSeconds } = validated(rotation, input)
  let secret = ''
  const apiKey = await changeKey(ctx, id, 'rotated', async (tx, { family }) => {
    const minted = mintKey(family)
    await replaceSecret(tx, { organizationId: ctx.organizationId, id, minted, now: ctx.clock.now(), overlapSeconds })
    secret = minted.key
    return tx.apiKey.findUniqueOrThrow({ where: row(ctx, id), select: TOLD })
  })
  ctx.answer.secret = true
  return { secret, apiKey }
}

function narrowed(before: Told, scopes: string[] | undefined): void {
  if (!scopes) return
  if (before.isAdmin) throw invalid('scopes', 'An admin key has no scopes; revoke it and create one that has.')
  const { family, isAdmin, owner } = before
  refuseWidening(grantOf(before), asked({ family, scopes, isAdmin }, owner.role))
}

export async function updateApiKey(ctx: Context, id: number, input: Input) {
  const data = validated(change(ctx.clock), input)
  refuseBucket(ctx, data)
  return changeKey(ctx, id, 'updated', (tx, before) => {
    narrowed(before, data.scopes)
    return tx.apiKey.update({ where: row(ctx, id), data, select: TOLD })
  })
}

/** The keys of somebody who leaves, in the transaction by which they do. */
export async function revokeKeysOf(tx: Transaction, ctx: Context, ownerId: number): Promise<void> {
  const where = { organizationId: ctx.organizationId, ownerId, revokedAt: null }
  const data = { revokedAt: ctx.clock.now(), previousExpiresAt: null, previousHash: null }
  for (const before of await tx.apiKey.findMany({ where, select: TOLD })) {
    const after = await tx.apiKey.update({ where: row(ctx, before.id), data, select: TOLD })
    await announceKey(tx, before.id)
    const hidden = hiddenOf('api_key')
    const target = { type: 'api_key', id: before.id }
    const changes = difference(before, after, hidden)
    await record(tx, ctx, { type: 'api_key.revoked', target, data: told(after, hidden), changes })
  }
}

/** Taking a key away needs no more than being allowed to see it; doing so twice changes nothing. */
export async function revokeApiKey(ctx: Context, id: number) {
  const revoked = await updateRow(ctx, KEY, {
    verb: 'revoked',
    read: read(ctx, id),
    write: async (tx, before) => {
      await announceKey(tx, id)
      const data = { revokedAt: before.revokedAt ?? ctx.clock.now(), previousExpiresAt: null, previousHash: null }
      return tx.apiKey.update({ where: row(ctx, id), data, select: TOLD })
    },
  })
  await ctx.forgetCredentials(`key:${id}`)
  return revoked
}
