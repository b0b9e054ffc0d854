import { hash, randomUUID } from 'node:crypto'
import type { Storage } from '../core/storage.ts'
import type { Rows } from './batch.ts'
import { pdfOf } from './pdf.ts'

export type File = { name: string; mimeType: string; bytes: Buffer; createdAt: Date }

const text = (lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\n')}\n`)

export const pdf = (name: string, createdAt: Date, lines: readonly string[]): File => ({
  ...{ name, mimeType: 'application/pdf', bytes: pdfOf(lines), createdAt },
})
export const markdown = (name: string, createdAt: Date, lines: readonly string[]): File => ({
  ...{ name, mimeType: 'text/markdown', bytes: text(lines), createdAt },
})
export const csv = (name: string, createdAt: Date, lines: readonly string[]): File => ({
  ...{ name, mimeType: 'text/csv', bytes: text(lines), createdAt },
})

/** The bytes are stored before their rows exist, as an upload does it. */
export async function addDocuments(rows: Rows, storage: Storage, files: readonly File[], uploadedById: number) {
  await Promise.all(
    files.map(async ({ name, mimeType, bytes, createdAt }) => {
      const storageKey = `${rows.organizationId}/${randomUUID()}`
      await storage.put(storageKey, bytes, mimeType)
      return { name, mimeType, sizeBytes: bytes.length, sha256: hash('sha256', bytes), storageKey, createdAt }
    }),
  ).then((stored) => {
    for (const document of stored) rows.add('Document', { ...document, uploadedById })
  })
}
