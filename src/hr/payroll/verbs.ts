import { z } from 'zod'
import { type Context, row } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'
import { found } from '../../core/found.ts'
import { lockRow } from '../../core/lock.ts'
import * as rules from '../../core/rules.ts'
import { type Input, validated } from '../../core/validate.ts'
import { createRow, deleteRow, updateRow } from '../../core/write.ts'
import { Prisma, type Transaction } from '../../db/client.ts'
import type { PayrollRun } from '../../db/generated/client.ts'
import type { PayrollStatus } from '../../db/generated/enums.ts'
import { keepPayrollTotals } from './totals.sql.ts'

const PAYROLL_RUN = { name: 'payroll_run' } as const
const MAX_LINES = 1000

const line = z
  .object({ employeeId: z.int(), gross: rules.positiveMoney, net: rules.positiveMoney })
  .refine(({ gross, net }) => new Prisma.Decimal(net).lte(gross), {
    path: ['net'],
    message: 'must not be more than gross.',
    when: ({ issues }) => issues.length === 0,
  })
const lines = z
  .array(line)
  .min(1, 'must hold at least one line.')
  .max(MAX_LINES, `must hold at most ${MAX_LINES} lines.`)
  .refine((given) => new Set(given.map(({ employeeId }) => employeeId)).size === given.length, {
    message: 'must name each employee once.',
    when: ({ issues }) => issues.length === 0,
  })
const creation = z.object({
  month: z.int().min(1, 'must be between 1 and 12.').max(12, 'must be between 1 and 12.'),
  year: z.int().min(1900, 'must be between 1900 and 2200.').max(2200, 'must be between 1900 and 2200.'),
  currency: rules.currency.optional(),
  lines,
})
const change = creation.partial()

type Lines = z.output<typeof lines>

async function withLines(tx: Transaction, run: PayrollRun) {
  const { organizationId, id: payrollRunId } = run
  const paid = await tx.payrollLine.findMany({
    where: { organizationId, payrollRunId },
    orderBy: { employeeId: 'asc' },
    select: { employeeId: true, gross: true, net: true },
  })
  return { ...run, lines: paid }
}

const insertLines = (tx: Transaction, { organizationId, id }: PayrollRun, given: Lines) =>
  tx.payrollLine.createMany({ data: given.map((each) => ({ ...each, organizationId, payrollRunId: id })) })

async function held(tx: Transaction, ctx: Context, id: number, query: object = {}): Promise<PayrollRun> {
  await lockRow(tx, ctx, 'payroll_run', id)
  return found('payroll run', tx.payrollRun.findUnique({ ...query, where: row(ctx, id) }))
}

function assertStatus(run: PayrollRun, status: PayrollStatus, deed: string): void {
  if (run.status !== status)
    throw new AppError('CONFLICT', `This payroll run is ${run.status}; only one that is ${status} can be ${deed}.`)
}

export async function createPayrollRun(ctx: Context, input: Input): Promise<PayrollRun> {
  const { lines: given, ...data } = validated(creation, input)
  return createRow(ctx, PAYROLL_RUN, async (tx) => {
    const run = await tx.payrollRun.create({ data: { ...data, organizationId: ctx.organizationId } })
    await insertLines(tx, run, given)
    return withLines(tx, run)
  })
}

export function updatePayrollRun(ctx: Context, id: number, input: Input): Promise<PayrollRun> {
  const { lines: given, ...data } = validated(change, input)
  return updateRow(ctx, PAYROLL_RUN, {
    read: async (tx) => withLines(tx, await held(tx, ctx, id)),
    write: async (tx, before) => {
      assertStatus(before, 'draft', 'changed')
      if (given) {
        await tx.payrollLine.deleteMany({ where: { organizationId: ctx.organizationId, payrollRunId: id } })
        await insertLines(tx, before, given)
      }
      return withLines(tx, await tx.payrollRun.update({ where: row(ctx, id), data }))
    },
  })
}

const move =
  (from: PayrollStatus, to: Exclude<PayrollStatus, 'draft'>) =>
  (ctx: Context, id: number): Promise<PayrollRun> =>
    updateRow(ctx, PAYROLL_RUN, {
      verb: to,
      read: (tx) => held(tx, ctx, id),
      write: (tx, before) => {
        assertStatus(before, from, to)
        return tx.payrollRun.update({ where: row(ctx, id), data: { status: to } })
      },
    })

export const approvePayrollRun = move('draft', 'approved')
export const markPayrollRunPaid = move('approved', 'paid')

export async function deletePayrollRun(ctx: Context, id: number, query: object = {}): Promise<PayrollRun> {
  await keepPayrollTotals(ctx, id)
  return deleteRow(ctx, PAYROLL_RUN, {
    read: (tx) => held(tx, ctx, id, query),
    remove: (tx, before) => {
      assertStatus(before, 'draft', 'deleted')
      return tx.payrollRun.delete({ where: row(ctx, id) })
    },
  })
}
