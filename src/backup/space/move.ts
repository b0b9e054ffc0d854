import { randomBytes } from 'node:crypto'
import pg from 'pg'

type Named = { name: string; kind: 'r' | 'i' | 'S'; taken: boolean; owned: boolean }

/** What lies in a schema, and whether its name is taken in another one. */
const FOUND = `
  SELECT c.relname::text AS name, c.relkind::text AS kind,
    EXISTS (SELECT FROM pg_class o JOIN pg_namespace m ON m.oid = o.relnamespace WHERE m.nspname = $2 AND o.relname = c.relname)
      OR EXISTS (SELECT FROM pg_type o JOIN pg_namespace m ON m.oid = o.typnamespace WHERE m.nspname = $2 AND o.typname = c.relname) AS taken,
    EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
      AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0) AS owned
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'i', 'S') ORDER BY c.relname`

const WORDS = { r: 'TABLE', i: 'INDEX', S: 'SEQUENCE' } as const
const MOST = 63

const another = (name: string): string => {
  const suffix = `_${randomBytes(4).toString('hex')}`
  return `${name.slice(0, MOST - suffix.length)}${suffix}`
}

/**
 * Takes all tables of one schema into another, with their indexes and sequences. What would meet a name that is taken gets
 * another one: the answer says which table is called what.
 */
export async function moveTables(
  client: pg.ClientBase,
  from: string,
  to: string,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<Named>(FOUND, [from, to])
  const at = (name: string) => `${pg.escapeIdentifier(from)}.${pg.escapeIdentifier(name)}`
  const names = new Map(rows.map(({ name, taken }) => [name, taken ? another(name) : name]))
  for (const { name, kind } of rows.filter(({ taken }) => taken))
    await client.query(`ALTER ${WORDS[kind]} ${at(name)} RENAME TO ${pg.escapeIdentifier(names.get(name)!)}`)
  // Indexes and what numbers a column go along with the table.
  for (const { name, kind, owned } of rows)
    if (kind === 'r' || (kind === 'S' && !owned))
      await client.query(`ALTER ${WORDS[kind]} ${at(names.get(name)!)} SET SCHEMA ${pg.escapeIdentifier(to)}`)
  return new Map(rows.filter(({ kind }) => kind === 'r').map(({ name }) => [name, names.get(name)!]))
}
