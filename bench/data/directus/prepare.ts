import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from, to } from 'pg-copy-streams'
import { marker, recreate, withClient } from '../database.ts'
import { SHAPE } from '../shape.ts'
import { access } from './access.sql.ts'
import { commands, copiesOf, settings } from './settings.ts'
import { step } from './step.ts'
import { COPIED, EXTENSIONS, INDEXES, LAST_SEEDED, REFERENCES, TABLES } from './tables.sql.ts'

const LOCK = new URL('../../directus/package-lock.json', import.meta.url)

/** Changes when the rows, their tables, who may see them or the version would. */
async function fingerprint(url: string): Promise<string> {
  const tables = [EXTENSIONS, TABLES, INDEXES, REFERENCES]
  const parts = [await marker(url), tables, access(SHAPE.organizations), await readFile(LOCK, 'utf8')]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** Runs in the one database what the other's catalogue says. */
async function replay(source: pg.Client, target: pg.Client, question: string, values: unknown[] = []): Promise<void> {
  const { rows } = await source.query(question, values)
  for (const { sql } of rows) await target.query(sql)
}

async function copy(source: pg.Client, target: pg.Client): Promise<void> {
  await replay(source, target, EXTENSIONS)
  await replay(source, target, TABLES, [COPIED])
  for (const table of COPIED) {
    const rows = source.query(to(`COPY (SELECT * FROM ${table} WHERE id <= ${LAST_SEEDED} ORDER BY id) TO STDOUT`))
    await pipeline(rows, target.query(from(`COPY ${table} FROM STDIN`)))
  }
  await replay(source, target, INDEXES, [COPIED])
  await target.query(REFERENCES)
}

async function make(url: string, hash: string): Promise<void> {
  await recreate(copiesOf(url))
  await withClient(url, (source) => withClient(copiesOf(url), (target) => copy(source, target)))
  await step([commands(), 'bootstrap', '--skipAdminInit'], settings(url))
  await withClient(copiesOf(url), async (target) => {
    await target.query(access(SHAPE.organizations))
    await target.query('CREATE SCHEMA bench; CREATE TABLE bench.seed (hash text NOT NULL)')
    await target.query('INSERT INTO bench.seed VALUES ($1)', [hash])
    await target.query('VACUUM ANALYZE')
  })
}

/** Copies of the rows, Directus's own tables and who may see what, or found so. */
async function prepare(url: string): Promise<void> {
  const hash = await fingerprint(url)
  if ((await marker(copiesOf(url))) !== hash) await make(url, hash)
}

await prepare(process.argv[2]!)
