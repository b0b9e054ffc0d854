import type { Context } from '../../core/context.ts'
import type { RowKey, WrappedKey } from '../../core/envelope.ts'
import { sealedRows } from '../../core/sealed-row.ts'
import { readUri } from './uri.ts'

export const TABLE = 'credential'
const URI = 'uri'

export const { placeOf, nextId } = sealedRows(TABLE)

/** The columns that keep a URI: itself as ciphertext, and beside it what may be shown. */
export const sealedUri = (key: RowKey, uri: string) => ({ ...readUri(uri), uri: key.seal(URI, uri) })

export const SECRETS = { uri: true, wrappedKey: true, keyId: true } as const

type Stored = WrappedKey & { id: number; uri: Uint8Array }

/** The URI in plain text. */
export const openedUri = (ctx: Context, { id, uri, ...stored }: Stored): string =>
  ctx.envelope.open(placeOf(ctx, id), stored).open(URI, uri)
