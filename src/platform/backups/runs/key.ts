import type { Context } from '../../../core/context.ts'
import type { WrappedKey } from '../../../core/envelope.ts'
import { sealedRows } from '../../../core/sealed-row.ts'

export const RUN = { name: 'backup_run' } as const

export const { placeOf, nextId } = sealedRows(RUN.name)

/** What a run keeps besides what everybody may see. */
export const SEALED = { storageKey: true, wrappedKey: true, keyId: true } as const

type Stored = WrappedKey & { id: number }

/** The key that the run's file is encrypted by: of this organization and this run alone. */
export const fileKey = (ctx: Context, { id, ...stored }: Stored): Uint8Array =>
  ctx.envelope.open(placeOf(ctx, id), stored).stream('file')
