/** Where the bytes of documents live: a folder, or S3-compatible storage. Keys are made by the server, never by a caller. */
export type Storage = {
  put(key: string, bytes: Uint8Array, contentType: string): Promise<void>
  get(key: string): Promise<Uint8Array>
  delete(key: string): Promise<void>
  /** What is too large to be held at once. It is there whole or not at all; what is written again begins anew. */
  putStream(key: string, bytes: AsyncIterable<Uint8Array>, contentType: string): Promise<void>
  getStream(key: string): AsyncIterable<Uint8Array>
  /** Throws when the place cannot be written to. */
  check(): Promise<void>
}

/** There is nothing under this key any more. */
export class Gone extends Error {}

export const isGone = (error: unknown): boolean => error instanceof Gone
