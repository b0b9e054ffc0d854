import { join } from 'node:path'
import type { Storage } from '../core/storage.ts'
import { folderStorage } from './folder.ts'
import type { S3Place } from './s3.ts'

export type StoragePlace = { dataDir: string; s3: S3Place | undefined }

/** S3-compatible storage where it is configured, else a folder beside the data. The client is loaded only when needed. */
export async function openStorage({ dataDir, s3 }: StoragePlace): Promise<Storage> {
  if (!s3) return folderStorage(join(dataDir, 'documents'))
  const { s3Storage } = await import('./s3.ts')
  return s3Storage(s3)
}
