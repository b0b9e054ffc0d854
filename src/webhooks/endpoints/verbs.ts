import { type Context, row } from '../../core/context.ts'
import { AppError, invalid } from '../../core/errors.ts'
import { refuseUnreadable } from '../../core/events/readable.ts'
import { lockRow } from '../../core/lock.ts'
import { type Input, validated } from '../../core/validate.ts'
import { createRow, deleteRow, updateRow } from '../../core/write.ts'
import type { Transaction } from '../../db/client.ts'
import type { WebhookEndpoint } from '../../db/generated/client.ts'
import { giveUpPending } from '../deliveries/pending.sql.ts'
import { type Change, change, creation, type Header, rotation } from './input.ts'
import { readsOf, refuseBroader } from './reads.ts'
import {
  MASK,
  newSecret,
  nextId,
  opened,
  placeOf,
  SEALED,
  type Stored,
  sealedHeaders,
  sealedPrevious,
  sealedSecret,
  TABLE,
} from './secrets.ts'
import type { Shown } from './type.ts'

const ENDPOINT = { name: TABLE } as const
const MOST_ENDPOINTS = 50

/** An endpoint's columns as everybody may see them. */
export type Endpoint = Omit<WebhookEndpoint, keyof typeof SEALED>

function assertCallable({ outbound }: Context, url: string | undefined): void {
  const refusal = url === undefined ? undefined : outbound.refusal(url)
  if (refusal) throw invalid('url', refusal)
}

async function assertRoom(tx: Transaction): Promise<void> {
  if ((await tx.webhookEndpoint.count()) >= MOST_ENDPOINTS)
    throw new AppError(
      'CONFLICT',
      `An organization has at most ${MOST_ENDPOINTS} endpoints; delete one that is not used.`,
    )
}

/** The secret is shown once and never again: it is kept encrypted. */
export async function createWebhookEndpoint(ctx: Context, input: Input): Promise<Endpoint & Shown> {
  const { headers, ...given } = validated(creation, input)
  assertCallable(ctx, given.url)
  refuseUnreadable(ctx, given.events)
  const shown = newSecret()
  const created = await createRow(ctx, ENDPOINT, async (tx) => {
    await assertRoom(tx)
    const id = await nextId(tx)
    const { key, stored } = ctx.envelope.create(placeOf(ctx, id))
    const secrets = { ...stored, ...sealedSecret(key, shown), ...sealedHeaders(key, headers) }
    const own = { id, organizationId: ctx.organizationId, permissions: readsOf(ctx), createdAt: ctx.clock.now() }
    return tx.webhookEndpoint.create({ data: { ...own, ...given, ...secrets } })
  })
  ctx.answer.secret = true
  return { ...created, shown }
}

/** The endpoint, held until the transaction ends: nobody disables it meanwhile. */
export async function heldEndpoint(tx: Transaction, ctx: Context, id: number): Promise<Endpoint | null> {
  await lockRow(tx, ctx, TABLE, id)
  return tx.webhookEndpoint.findUnique({ where: row(ctx, id) })
}

const sealedOf = (tx: Transaction, ctx: Context, id: number) =>
  tx.webhookEndpoint.findUniqueOrThrow({ where: row(ctx, id), select: { id: true, ...SEALED } }) as Promise<Stored>

/** Whoever sends back what they read sends the mask: that value stays. */
function unmasked(given: readonly Header[], kept: readonly Header[]): Header[] {
  return given.map(({ name, value }) => {
    if (value !== MASK) return { name, value }
    const before = kept.find((each) => each.name.toLowerCase() === name.toLowerCase())
    if (!before) throw invalid('headers', `must hold a value for ${name}, not what is shown of one.`)
    return { name, value: before.value }
  })
}

async function headersOf(tx: Transaction, ctx: Context, id: number, given: Header[] | undefined) {
  if (!given) return {}
  const { key, headers } = opened(ctx, await sealedOf(tx, ctx, id))
  return sealedHeaders(key, unmasked(given, headers()))
}

const BY_HAND = 'It was disabled by hand.'
const ENABLED = { state: 'active', disabledReason: null, disabledAt: null, failingSince: null } as const

const disabledBecause = (ctx: Context, disabledReason: string) => ({
  state: 'disabled' as const,
  disabledReason,
  disabledAt: ctx.clock.now(),
})

/** What a wish for another state means for the other columns; what is on its way to a disabled endpoint goes no further. */
async function standing(tx: Transaction, ctx: Context, { id, state: before }: Endpoint, { state }: Change) {
  if (state === undefined || state === before) return {}
  if (state === 'active') return ENABLED
  await giveUpPending(tx, ctx, id)
  return disabledBecause(ctx, BY_HAND)
}

export const updateWebhookEndpoint = (ctx: Context, id: number, input: Input): Promise<Endpoint> => {
  const { headers, state, ...given } = validated(change, input)
  assertCallable(ctx, given.url)
  if (given.events) refuseUnreadable(ctx, given.events)
  return updateRow(ctx, ENDPOINT, {
    read: (tx) => heldEndpoint(tx, ctx, id),
    write: async (tx, before) => {
      refuseBroader(ctx, before)
      const data = {
        ...given,
        ...(given.events && { permissions: readsOf(ctx) }),
        ...(await headersOf(tx, ctx, id, headers)),
        ...(await standing(tx, ctx, before, { state })),
      }
      return tx.webhookEndpoint.update({ where: row(ctx, id), data })
    },
  })
}

export const deleteWebhookEndpoint = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, ENDPOINT, {
    read: (tx) => tx.webhookEndpoint.findUnique({ ...query, where }),
    remove: (tx) => tx.webhookEndpoint.delete({ where }),
  })
}

/** A new secret; for a while payloads are signed with the old one too. */
export async function rotateWebhookSecret(ctx: Context, id: number, input: Input = {}): Promise<Endpoint & Shown> {
  const { overlapSeconds } = validated(rotation, input)
  const shown = newSecret()
  const rotated = await updateRow(ctx, ENDPOINT, {
    verb: 'rotated',
    read: (tx) => heldEndpoint(tx, ctx, id),
    write: async (tx, before) => {
      refuseBroader(ctx, before)
      const { key, secret } = opened(ctx, await sealedOf(tx, ctx, id))
      const until = new Date(ctx.clock.now().getTime() + overlapSeconds * 1000)
      const previous =
        overlapSeconds > 0
          ? sealedPrevious(key, secret(), until)
          : { previousSecret: null, previousSecretExpiresAt: null }
      return tx.webhookEndpoint.update({ where: row(ctx, id), data: { ...sealedSecret(key, shown), ...previous } })
    },
  })
  ctx.answer.secret = true
  return { ...rotated, shown }
}

/** Stops sending anything to an endpoint, and tells whoever is told of endpoints; nothing where it is disabled already. */
export const disableWebhookEndpoint = (ctx: Context, id: number, reason: string): Promise<Endpoint> =>
  updateRow(ctx, ENDPOINT, {
    verb: 'disabled',
    read: (tx) => heldEndpoint(tx, ctx, id),
    write: async (tx, before) => {
      if (before.state === 'disabled') return before
      await giveUpPending(tx, ctx, id)
      return tx.webhookEndpoint.update({ where: row(ctx, id), data: disabledBecause(ctx, reason) })
    },
  })
