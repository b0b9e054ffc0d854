import { locate, recreate, sibling } from './database.ts'

export type Empty = { url: string; empty(): Promise<void>; close(): Promise<void> }

const NAME = 'opsgraph_bench_monitors'

/** A database without a table, on the server that the benchmark uses; `empty` makes it so again. */
export async function emptyDatabase(given: string | undefined, log: (line: string) => void): Promise<Empty> {
  const server = await locate(given, log)
  const url = sibling(server.url, NAME)
  await recreate(url)
  return { url, empty: () => recreate(url), close: server.stop }
}
