import type { Applied, Partition, Sequence } from './catalogue.ts'

/** What a backup of an installation begins with: what it takes to bring it back. */
export type Manifest = {
  kind: 'manifest'
  /** The version of Opsgraph that made it. */
  version: string
  madeAt: string
  migrations: Applied[]
  partitions: Partition[]
  sequences: Sequence[]
  tables: number
  documents: number
}

export type InstallationPart =
  | Manifest
  | { kind: 'table'; name: string; columns: readonly string[] }
  | { kind: 'document'; key: string; type: string }
  /** In the database, but gone from where documents are kept when the backup came to it. */
  | { kind: 'lost'; key: string }

/** What its key belongs to: no organization's row. */
export const PLACE = { organizationId: 0, table: 'installation_backup', row: 0 }
export const COLUMN = 'file'
