import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { z } from 'zod'
import { type Check, checkRules, checkSql, readCheck } from './checks.ts'
import { type Default, readDefault } from './defaults.ts'
import { type ColumnType, declaredType, TYPE_NAMES } from './types.ts'

/** Every table has it; it names its rows. */
export const ROW_KEY = 'id'

/** PostgreSQL's own columns of every table. */
const SYSTEM = ['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']

export const columnName = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,62}$/,
    'must be a lower-case letter and then letters, digits and underscores, 63 in all at most.',
  )
  .refine((name) => name !== ROW_KEY, 'must not be id: every table has that column.')
  .refine((name) => !SYSTEM.includes(name), 'is a name that PostgreSQL keeps to itself.')

/** A column that somebody wants. */
export const columnRules = z.strictObject({
  name: columnName,
  type: z.string().max(100, 'must be at most 100 characters long.'),
  nullable: z.boolean().nullish(),
  unique: z.boolean().nullish(),
  default: z.unknown().optional(),
  check: checkRules,
})
export type AskedColumn = z.output<typeof columnRules>

export type Column = {
  name: string
  type: ColumnType
  nullable: boolean
  unique: boolean
  default: Default | undefined
  check: Check | undefined
}

export type Problems = Record<string, string[]>

/** A column that can be made; what is wrong with it is added to the problems, under the name of its place. */
export function readColumn(asked: AskedColumn, place: string, problems: Problems): Column | undefined {
  const refuse = (field: string, sentence: string) => {
    const at = `${place}.${field}`
    problems[at] = [...(problems[at] ?? []), sentence]
  }
  const type = declaredType(asked.type)
  if (!type) {
    refuse('type', `is not a type of columns here; the types are ${TYPE_NAMES}.`)
    return undefined
  }
  if (asked.unique && type.kind === 'json') refuse('unique', `does not suit the type ${type.name}.`)
  const check = asked.check
    ? readCheck(type, asked.check, (field, sentence) => refuse(`check.${field}`, sentence))
    : undefined
  const made = readDefault(type, asked.default, check, (sentence) => refuse('default', sentence))
  if (made?.identity && asked.nullable) refuse('nullable', 'does not suit a column that numbers itself.')
  const nullable = !made?.identity && (asked.nullable ?? true)
  return { name: asked.name, type, nullable, unique: asked.unique ?? false, default: made, check }
}

/** A column in SQL, and what is to be said of its check afterwards, where the catalogue keeps it for us to read. */
export function columnSql({ name, type, nullable, unique, default: made, check }: Column, table: string) {
  const column = pg.escapeIdentifier(name)
  const constraint = check && pg.escapeIdentifier(`ck_${randomBytes(8).toString('hex')}`)
  const parts = [
    ...[column, type.sql],
    ...(made ? [made.sql] : []),
    ...(nullable ? [] : ['NOT NULL']),
    ...(unique ? ['UNIQUE'] : []),
    ...(check ? [`CONSTRAINT ${constraint} CHECK (${checkSql(type, column, check)})`] : []),
  ]
  const remark =
    check && `COMMENT ON CONSTRAINT ${constraint} ON ${table} IS ${pg.escapeLiteral(JSON.stringify(check))}`
  return { sql: parts.join(' '), remarks: remark ? [remark] : [] }
}
