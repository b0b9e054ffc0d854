import { z } from 'zod'
import type { Transaction } from '../../../db/client.ts'
import { type Check, checkRules } from '../columns/checks.ts'
import { type ColumnType, foundType } from '../columns/types.ts'
import type { Space } from '../space/ensure.ts'
import { RELATIONS } from './catalogue.sql.ts'

export const KINDS = ['table', 'foreign_table', 'view', 'missing'] as const
export type RelationKind = (typeof KINDS)[number]

export type FoundColumn = {
  name: string
  type: ColumnType
  nullable: boolean
  unique: boolean
  /** As the database writes it. */
  default: string | null
  /** Made by the database alone: nobody writes it. */
  generated: boolean
  /** As it was asked for. */
  check: Check | null
  /** As the database writes them, whoever made them. */
  checks: string[]
}
export type FoundIndex = { name: string; columns: string[]; unique: boolean; primary: boolean }

/** What the database really holds under a table's name. */
export type Relation = {
  kind: RelationKind
  rowEstimate: bigint | null
  bytes: bigint
  columns: FoundColumn[]
  indexes: FoundIndex[]
}

export const MISSING: Relation = { kind: 'missing', rowEstimate: null, bytes: 0n, columns: [], indexes: [] }

const BY_LETTER: Record<string, RelationKind> = {
  ...{ r: 'table', p: 'table', f: 'foreign_table', v: 'view', m: 'view' },
}

type Remarked = { sql: string; remark: string | null }
type RawColumn = Omit<FoundColumn, 'type' | 'check' | 'checks'> & { type: string; checks: Remarked[] }
type Raw = {
  physicalName: string
  kind: string
  rowEstimate: bigint | null
  bytes: bigint
  columns: string
  indexes: string
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Anybody who may change the schema may remark what they like: only what reads like a check is one. */
function checkOf(checks: readonly Remarked[]): Check | null {
  const remarks = checks.flatMap(({ remark }) => (remark === null ? [] : [parsed(remark)]))
  const read = remarks.map((remark) => z.object({}).loose().and(checkRules).safeParse(remark))
  const [known] = read.filter(({ success }) => success)
  return (known?.data as Check | undefined) ?? null
}

const columnOf = ({ type, checks, ...column }: RawColumn): FoundColumn => ({
  ...column,
  type: foundType(type),
  check: checkOf(checks),
  checks: checks.map(({ sql }) => sql),
})

/** The relations of these names, each as the catalogue describes it; asked as whoever may look at their sizes. */
export async function relationsOf(
  tx: Transaction,
  { schemaName }: Space,
  names: readonly string[],
): Promise<ReadonlyMap<string, Relation>> {
  const rows = await tx.$queryRawUnsafe<Raw[]>(RELATIONS, schemaName, names)
  return new Map(
    rows.map(({ physicalName, kind, columns, indexes, ...sizes }) => [
      physicalName,
      {
        ...sizes,
        kind: BY_LETTER[kind]!,
        columns: (JSON.parse(columns) as RawColumn[]).map(columnOf),
        indexes: JSON.parse(indexes) as FoundIndex[],
      },
    ]),
  )
}
