import { systemContext } from '../context.ts'
import { type Context, transaction } from '../core/context.ts'
import { AppError } from '../core/errors.ts'
import type { Transaction } from '../db/client.ts'
import { readColumns } from '../platform/tables/alter.ts'
import type { AskedColumn } from '../platform/tables/columns/declare.ts'
import { openTable } from '../platform/tables/held.ts'
import { readRows } from '../platform/tables/rows/values.ts'
import { putRows } from '../platform/tables/rows/verbs.ts'
import { makeTable } from '../platform/tables/verbs.ts'
import type { Calendar } from './calendar.ts'
import { CANARY } from './canary.ts'
import type { Staffed } from './people.ts'

/** The application, as far as whoever makes a context knows it. */
export type App = Parameters<typeof systemContext>[0]

type Plan = { name: string; group: string; columns: AskedColumn[]; rows: object[] }

const PARTS: Plan = {
  name: 'Spare parts',
  group: 'automation',
  columns: [
    { name: 'sku', type: 'varchar(20)', nullable: false, unique: true, check: { notEmpty: true } },
    { name: 'name', type: 'text', nullable: false },
    { name: 'quantity', type: 'integer', nullable: false, default: 0, check: { min: 0 } },
    { name: 'unit_price', type: 'numeric(10,2)', check: { min: 0 } },
    { name: 'shelf', type: 'text' },
  ],
  rows: [
    { sku: 'SFP-10G-SR', name: '10G transceiver, short range', quantity: 14, unit_price: '39.90', shelf: 'A1' },
    { sku: 'PSU-750-HP', name: 'Power supply, 750 W', quantity: 3, unit_price: '129.00', shelf: 'B2' },
    { sku: 'SSD-960-MU', name: 'SSD, 960 GB, mixed use', quantity: 6, unit_price: '218.50', shelf: 'A3' },
    { sku: 'FAN-1U-40', name: 'Fan, 40 mm', quantity: 22, unit_price: '11.25', shelf: 'C1' },
    { sku: 'BAT-UPS-9', name: 'UPS battery, 9 Ah', quantity: 0, unit_price: '48.00' },
  ],
}

const shiftsFrom = (at: Calendar['at']): Plan => ({
  name: 'On-call shifts',
  group: 'production',
  columns: [
    { name: 'person', type: 'text', nullable: false },
    { name: 'starts_at', type: 'timestamptz', nullable: false },
    { name: 'ends_at', type: 'timestamptz', nullable: false },
    { name: 'area', type: 'text', nullable: false, default: 'platform', check: { oneOf: ['platform', 'network'] } },
  ],
  rows: ['Dana Reyes', 'Priya Nair', 'Sam Okafor'].map((person, week) => ({
    person,
    starts_at: at(week * 7 - 5, '08:00').toISOString(),
    ends_at: at(week * 7 + 2, '08:00').toISOString(),
    area: week === 1 ? 'network' : 'platform',
  })),
})

const canaryTable: Plan = {
  name: `${CANARY} table`,
  group: 'canary',
  columns: [{ name: 'canary', type: 'text', default: CANARY }],
  rows: [{ canary: `${CANARY} row` }, {}],
}

async function addTable(tx: Transaction, ctx: Context, { name, group, columns, rows }: Plan, at: Date): Promise<void> {
  const { id: groupId } = await tx.group.findFirstOrThrow({ where: { slug: group }, orderBy: { id: 'asc' } })
  const table = await makeTable(tx, ctx, { name, groupId, columns: readColumns(columns, 'columns'), at })
  const opened = await openTable(tx, ctx, table.id)
  await putRows(tx, opened, readRows(opened.relation, rows, { place: (nth) => `rows.${nth}`, whole: true }))
}

/** Real tables with a few rows, made as people make them. Where the server may not make their place there are none. */
export async function addTables(
  app: App,
  [company, other]: readonly [Staffed, Staffed],
  { at }: Calendar,
): Promise<void> {
  const plans = [
    [company, [PARTS, shiftsFrom(at)]],
    [other, [canaryTable]],
  ] as const
  for (const [{ rows }, tables] of plans) {
    const ctx = systemContext(app, rows.organizationId, 'demo')
    await transaction(ctx, async (tx) => {
      for (const plan of tables) await addTable(tx, ctx, plan, at(-40, '10:00'))
    }).catch((error: unknown) => {
      if (!(error instanceof AppError && error.code === 'UNAVAILABLE')) throw error
    })
  }
}
