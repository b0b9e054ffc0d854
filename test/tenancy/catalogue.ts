import type { App } from '../../src/app.ts'

/** Tables that belong to no organization, each with the reason why. */
export const UNPROTECTED: Record<string, string> = {
  rate_bucket: 'tokens left, by the id of a key; the server’s own',
  field_hit: 'how often a sensitive field was asked for; the server’s own',
  refresh_token: 'hashes of tokens, by the session of a person; the server’s own',
  signing_key: 'what access tokens are signed by; the server’s own',
  second_factor: 'sealed secrets of authenticators, by person; the server’s own',
  recovery_code: 'hashes of codes, by person; the server’s own',
  _prisma_migrations: 'which migrations were applied',
}

/** Protected by something else than a column `organization_id`. */
export const PROTECTED_OTHERWISE: Record<string, string> = {
  organization: 'its own id is the tenant',
  app_user: 'people are seen through their memberships',
  session: 'as the person whose it is',
}

/** Every table of the product, from the database's own catalogue. */
export async function tablesOf({ query }: Pick<App, 'query'>): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1`,
    [],
  )
  return rows.map(({ name }) => name)
}

export async function tenantTablesOf({ query }: Pick<App, 'query'>): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id'
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
    [],
  )
  return rows.map(({ name }) => name)
}

/** The months of tables that are kept by month: as walled as the table, since one may ask for them by name. */
export async function partitionsOf({ query }: Pick<App, 'query'>): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relispartition ORDER BY 1`,
    [],
  )
  return rows.map(({ name }) => name)
}
