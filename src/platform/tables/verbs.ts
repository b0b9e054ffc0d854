import { z } from 'zod'
import { type Context, row, transaction } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'
import { found } from '../../core/found.ts'
import { lockRow } from '../../core/lock.ts'
import { difference, record, told } from '../../core/record.ts'
import * as rules from '../../core/rules.ts'
import { type Input, validated } from '../../core/validate.ts'
import { createRow } from '../../core/write.ts'
import type { Transaction } from '../../db/client.ts'
import { alter, alterations, altersColumns, applyAlteration, readAlteration, readColumns } from './alter.ts'
import { keepDetails } from './catalogue/details.ts'
import { type Column, columnRules, columnSql, ROW_KEY } from './columns/declare.ts'
import { requireConfirmation } from './confirmation.ts'
import { assertManaged, holdTable, isMissing, type Opened, type Table } from './held.ts'
import { MAX_COLUMNS, MAX_TABLES } from './limits.ts'
import { groupFor } from './placing.ts'
import { shareTable } from './shares.ts'
import { ensureSpace, lockSpace } from './space/ensure.ts'
import { newPhysicalName, placeOf } from './space/names.ts'
import { BOUNDS } from './space/within.ts'

const TABLE = { name: 'table' } as const

const place = { groupId: z.int().nullish() }
const confirm = z.string().max(1000, 'must be at most 1000 characters long.').nullish()
const creation = z.object({
  name: rules.name,
  ...place,
  columns: z
    .array(columnRules)
    .min(1, 'must name at least one column.')
    .max(MAX_COLUMNS, `must be at most ${MAX_COLUMNS} columns.`),
})
const change = z.object({ name: rules.name.optional(), ...place, ...alterations, confirm })

const removal = z.object({ confirm })

const KEY = `${ROW_KEY} bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY`

function creationSql(at: string, columns: readonly Column[]): string[] {
  const made = columns.map((column) => columnSql(column, at))
  const all = [KEY, ...made.map(({ sql }) => sql)]
  return [`CREATE TABLE ${at} (${all.join(', ')})`, ...made.flatMap(({ remarks }) => remarks)]
}

const described = (columns: readonly Column[]) => columns.map(({ name, type }) => ({ name, type: type.name }))

async function assertRoom(tx: Transaction, ctx: Context): Promise<void> {
  await lockSpace(tx, ctx)
  if ((await tx.managedTable.count({ where: { managed: true } })) >= MAX_TABLES)
    throw new AppError('CONFLICT', `An organization has at most ${MAX_TABLES} tables; delete one first.`)
}

export type NewTable = { name: string; groupId: number; columns: readonly Column[]; at?: Date }

/** A table in the database, and the row that tells of it. */
export async function makeTable(
  tx: Transaction,
  ctx: Context,
  { name, groupId, columns, at }: NewTable,
): Promise<Table> {
  const space = await ensureSpace(tx, ctx)
  await assertRoom(tx, ctx)
  const times = at ? { createdAt: at, updatedAt: at } : {}
  const row = { organizationId: ctx.organizationId, groupId, name, physicalName: newPhysicalName(), ...times }
  const table = await tx.managedTable.create({ data: row })
  await alter(tx, { space }, creationSql(placeOf(space, table.physicalName), columns))
  await shareTable(tx, ctx, space, table)
  return table
}

export function createTable(ctx: Context, input: Input) {
  const { name, groupId: named, columns: asked } = validated(creation, input)
  const columns = readColumns(asked, 'columns')
  return createRow(ctx, TABLE, async (tx) => {
    const groupId = await groupFor(tx, ctx, named)
    return { ...(await makeTable(tx, ctx, { name, groupId, columns })), columns: described(columns) }
  })
}

/** What an event tells of the columns that changed. */
const altered = ({ added, renamed, dropped }: ReturnType<typeof readAlteration>) => ({
  ...(added.length && { addedColumns: described(added) }),
  ...(renamed.length && { renamedColumns: renamed }),
  ...(dropped.length && { droppedColumns: dropped }),
})

type Change = z.output<typeof change>

async function changeColumns(tx: Transaction, ctx: Context, opened: Opened, given: Change) {
  if (!altersColumns(given)) return {}
  assertManaged(opened)
  const alteration = readAlteration(opened, given)
  const { dropped } = alteration
  if (dropped.length) await requireConfirmation(tx, ctx, opened, { columns: dropped, confirm: given.confirm })
  await applyAlteration(tx, opened, alteration)
  return altered(alteration)
}

/** Where the table is to be from now on, and what it is called. */
async function moved(tx: Transaction, ctx: Context, { table }: Opened, { name, groupId }: Change) {
  const isElsewhere = groupId !== undefined && groupId !== null && groupId !== table.groupId
  return {
    ...(name !== undefined && { name }),
    ...(isElsewhere && { groupId: await groupFor(tx, ctx, groupId) }),
  }
}

export function updateTable(ctx: Context, id: number, input: Input): Promise<Table> {
  const given = validated(change, input)
  const changed = async (tx: Transaction) => {
    const opened = await holdTable(tx, ctx, id)
    const columns = await changeColumns(tx, ctx, opened, given)
    const touched = Object.keys(columns).length ? { updatedAt: ctx.clock.now() } : {}
    const data = { ...(await moved(tx, ctx, opened, given)), ...touched }
    const after = await tx.managedTable.update({ where: row(ctx, id), data })
    if (after.managed && !isMissing(opened))
      await shareTable(tx, ctx, opened.space, { ...after, from: opened.table.groupId })
    const changes = { ...difference(opened.table, after), ...columns }
    if (Object.keys(changes).length === 0) return after
    const what = { target: { type: 'table', id }, data: { ...told(after), ...columns }, changes }
    await record(tx, ctx, { type: 'table.updated', ...what })
    return after
  }
  return transaction(ctx, changed, BOUNDS)
}

/** Drops the table, where the database holds it; what was not made here goes where it was made, and is forgotten then. */
async function dropTable(tx: Transaction, ctx: Context, id: number, confirm: string | null | undefined): Promise<void> {
  const opened = await holdTable(tx, ctx, id)
  if (isMissing(opened)) return
  if (!opened.table.managed)
    throw new AppError('CONFLICT', 'This was not made here: drop it where it was made, and delete it here then.')
  await requireConfirmation(tx, ctx, opened, { columns: 'all', confirm })
  await alter(tx, opened, [`DROP TABLE ${opened.place}`])
}

/** Drops a table and returns it as it was. `query` is how the caller wants to see it. */
export async function deleteTable(ctx: Context, id: number, input: Input, query: object = {}): Promise<Table> {
  const { confirm } = validated(removal, input)
  const where = row(ctx, id)
  await keepDetails(ctx, id)
  const drop = async (tx: Transaction) => {
    await lockRow(tx, ctx, 'table', id)
    const before = await found('table', tx.managedTable.findUnique({ ...query, where }))
    await dropTable(tx, ctx, id, confirm)
    const deleted = await tx.managedTable.delete({ where })
    await record(tx, ctx, { type: 'table.deleted', target: { type: 'table', id }, data: told(deleted) })
    return before
  }
  return transaction(ctx, drop, BOUNDS)
}
