import type { DatabaseAddress } from '../../../core/context.ts'

type Named = { username: string; password: string }

/** The URI by which a role of this database signs in to it. */
export function uriOf({ host, port, database, sslmode }: DatabaseAddress, { username, password }: Named): string {
  const query = sslmode === undefined ? '' : `?sslmode=${sslmode}`
  return `postgresql://${username}:${password}@${host}:${port}/${encodeURIComponent(database)}${query}`
}
