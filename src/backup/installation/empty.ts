import type pg from 'pg'
import { AppError } from '../../core/errors.ts'
import { quoted } from '../copy.ts'
import { type Applied, appliedTo } from './catalogue.ts'

const RELATIONS = `
  SELECT relname AS name FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> '_prisma_migrations' ORDER BY relname`

const SHOWN = 5

const refusal = (what: string): AppError =>
  new AppError(
    'CONFLICT',
    `A backup is restored into an empty database only, and this one ${what}. Nothing was changed.`,
  )

const some = (names: readonly string[]): string =>
  names.length > SHOWN ? `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more` : names.join(', ')

async function withRows(client: pg.ClientBase, names: readonly string[]): Promise<string[]> {
  const found: string[] = []
  await client.query('BEGIN READ ONLY; SET LOCAL ROLE opsgraph_system')
  for (const name of names) {
    const { rows } = await client.query(`SELECT EXISTS (SELECT FROM public.${quoted(name)}) AS any`)
    if (rows[0].any) found.push(name)
  }
  await client.query('ROLLBACK')
  return found
}

/**
 * Refuses whatever somebody may still need. The tables of the backup's own version or an older one may be there, without a row:
 * a restore that was interrupted leaves them.
 */
export async function refuseFull(client: pg.ClientBase, wanted: readonly Applied[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(RELATIONS)
  const names = rows.map(({ name }) => name)
  const applied = await appliedTo(client)
  if (!applied && names.length === 0) return
  if (!applied) throw refusal(`has tables that are not Opsgraph’s: ${some(names)}`)
  const newer = applied.filter(({ name }) => !wanted.some((each) => each.name === name))
  if (newer.length > 0) throw refusal(`is of a newer version than the backup (${some(newer.map(({ name }) => name))})`)
  const full = await withRows(client, names)
  if (full.length > 0) throw refusal(`has rows in ${some(full)}`)
}
