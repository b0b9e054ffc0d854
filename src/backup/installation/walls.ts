import type pg from 'pg'

type Statements = { suspend: string[]; restore: string[] }

const TABLES = `
  SELECT array_agg(format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', c.oid::regclass)) FILTER (WHERE c.relforcerowsecurity) AS unforce,
    array_agg(format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', c.oid::regclass)) FILTER (WHERE c.relforcerowsecurity) AS force,
    array_agg(format('ALTER TABLE %s DISABLE TRIGGER USER', c.oid::regclass)) AS disable,
    array_agg(format('ALTER TABLE %s ENABLE TRIGGER USER', c.oid::regclass)) AS enable
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')`

/** Those of partitions come and go with their parent's. */
const FOREIGN_KEYS = `
  SELECT coalesce(array_agg(format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)), '{}') AS drop,
    coalesce(array_agg(format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))), '{}') AS add
  FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND connamespace = 'public'::regnamespace`

async function statements(client: pg.ClientBase): Promise<Statements> {
  const { rows: tables } = await client.query(TABLES)
  const { rows: keys } = await client.query(FOREIGN_KEYS)
  const [{ unforce, force, disable, enable }, { drop, add }] = [tables[0], keys[0]]
  return { suspend: [...unforce, ...disable, ...drop], restore: [...add, ...enable, ...force] }
}

/**
 * Rows are copied by the tables' owner: the walls do not apply to it meanwhile, no trigger does what was done when the rows were
 * written, and foreign keys are proved when all rows are there. All of it is one transaction, so that nobody else sees it.
 */
export async function withoutWalls(client: pg.ClientBase, work: () => Promise<void>): Promise<void> {
  const { suspend, restore } = await statements(client)
  for (const statement of suspend) await client.query(statement)
  await work()
  for (const statement of restore) await client.query(statement)
}
