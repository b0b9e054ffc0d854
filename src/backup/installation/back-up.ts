import type { Envelope } from '../../core/envelope.ts'
import { AppError } from '../../core/errors.ts'
import type { Storage } from '../../core/storage.ts'
import { connected } from '../../db/connected.ts'
import { measured, packed } from '../parts.ts'
import { appliedTo } from './catalogue.ts'
import { beginSnapshot, type Dumped, installationParts } from './dump.ts'
import { COLUMN, PLACE } from './manifest.ts'

export type BackingUp = {
  url: string
  envelope: Envelope
  storage: Storage
  now: Date
  progress(rows: number, share: number | undefined): void
  /** Takes the bytes of the file to where it is kept. */
  write(bytes: AsyncIterable<Uint8Array>): Promise<void>
}

export type BackedUp = Dumped & { bytes: number; sha256: string }

/** Its own key, and what the file says of it: encrypted by the master key, which is not in the file. */
function newKey(envelope: Envelope) {
  const { key, stored } = envelope.create(PLACE)
  const wrappedKey = Buffer.from(stored.wrappedKey).toString('base64')
  return { key: key.stream(COLUMN), about: { of: 'installation', keyId: stored.keyId, wrappedKey } }
}

/** Writes everything that an installation keeps as of one moment, while others go on working. */
export const backUp = ({ url, envelope, write, ...dumping }: BackingUp): Promise<BackedUp> =>
  connected({ connectionString: url, application_name: 'opsgraph backup', keepAlive: true }, async (client) => {
    await beginSnapshot(client)
    if (!(await appliedTo(client)))
      throw new AppError('NOT_FOUND', 'There is nothing to back up: the database has no tables of Opsgraph.')
    const dumped: Dumped = { tables: 0, rows: 0, documents: 0, lost: [], leftOut: [] }
    const { key, about } = newKey(envelope)
    const file = measured(packed(installationParts({ client, ...dumping }, dumped), key, about))
    await write(file.bytes)
    return { ...dumped, ...file.sum() }
  })
