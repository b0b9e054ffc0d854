import type { Structure } from '../space/structure.ts'
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
  /** Organizations with tables of their own, and how many tables those are. */
  spaces: number
  spaceTables: number
  documents: number
}

export type InstallationPart =
  | Manifest
  | { kind: 'table'; name: string; columns: readonly string[] }
  /** What an organization's own tables are like; their rows follow. */
  | { kind: 'space'; organization: number; schema: string; structure: Structure }
  | { kind: 'rows'; organization: number; table: string }
  | { kind: 'document'; key: string; type: string }
  /** In the database, but gone from where documents are kept when the backup came to it. */
  | { kind: 'lost'; key: string }

/** What its key belongs to: no organization's row. */
export const PLACE = { organizationId: 0, table: 'installation_backup', row: 0 }
export const COLUMN = 'file'
