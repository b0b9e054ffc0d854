import { randomBytes } from 'node:crypto'
import type { Context } from '../../core/context.ts'
import type { RowKey, WrappedKey } from '../../core/envelope.ts'
import { sealedRows } from '../../core/sealed-row.ts'
import type { Header } from './input.ts'

export const TABLE = 'webhook_endpoint'
const [SECRET, PREVIOUS, HEADERS] = ['secret', 'previous_secret', 'headers'] as const

/** What is shown of a header's value, whatever it is. */
export const MASK = '**********'

const SECRET_BYTES = 32

/** As Standard Webhooks writes them. */
export const newSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`

export const { placeOf, nextId } = sealedRows(TABLE)

export const sealedSecret = (key: RowKey, secret: string) => ({ secret: key.seal(SECRET, secret) })

export const sealedPrevious = (key: RowKey, secret: string, previousSecretExpiresAt: Date) => ({
  previousSecret: key.seal(PREVIOUS, secret),
  previousSecretExpiresAt,
})

export const sealedHeaders = (key: RowKey, headers: readonly Header[]) => ({
  headerNames: headers.map(({ name }) => name),
  headers: headers.length > 0 ? key.seal(HEADERS, JSON.stringify(headers)) : null,
})

export const SEALED = { secret: true, previousSecret: true, headers: true, wrappedKey: true, keyId: true } as const

type Bytes = Uint8Array<ArrayBuffer>
export type Stored = WrappedKey & { id: number; secret: Bytes; previousSecret: Bytes | null; headers: Bytes | null }

/** What a row keeps, in plain text. */
export function opened(
  ctx: Pick<Context, 'envelope' | 'organizationId'>,
  { id, secret, previousSecret, headers, ...stored }: Stored,
) {
  const key = ctx.envelope.open(placeOf(ctx, id), stored)
  return {
    key,
    secret: () => key.open(SECRET, secret),
    previousSecret: () => (previousSecret === null ? null : key.open(PREVIOUS, previousSecret)),
    headers: (): Header[] => (headers === null ? [] : JSON.parse(key.open(HEADERS, headers))),
  }
}
