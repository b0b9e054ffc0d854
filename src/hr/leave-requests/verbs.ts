import { z } from 'zod'
import { type Context, row } from '../../core/context.ts'
import { AppError, invalid } from '../../core/errors.ts'
import { found } from '../../core/found.ts'
import { lockRow } from '../../core/lock.ts'
import * as rules from '../../core/rules.ts'
import { type Input, validated } from '../../core/validate.ts'
import { createRow, updateRow } from '../../core/write.ts'
import type { Transaction } from '../../db/client.ts'
import type { LeaveRequest } from '../../db/generated/client.ts'
import { LeaveKind, type LeaveStatus } from '../../db/generated/enums.ts'

const LEAVE_REQUEST = { name: 'leave_request' } as const

const creation = z
  .object({
    employeeId: z.int(),
    kind: z.enum(LeaveKind),
    startsOn: z.date(),
    endsOn: z.date(),
    reason: rules.line.nullish(),
  })
  .refine(({ startsOn, endsOn }) => startsOn <= endsOn, {
    path: ['endsOn'],
    message: 'must not be earlier than startsOn.',
  })

async function assertEmployed(tx: Transaction, ctx: Context, employeeId: number): Promise<void> {
  const employee = await tx.employee.findUnique({ where: row(ctx, employeeId) })
  if (!employee) throw invalid('employeeId', 'No such row.')
  if (employee.status === 'terminated') throw new AppError('CONFLICT', 'This employee has left.')
}

export async function requestLeave(ctx: Context, input: Input): Promise<LeaveRequest> {
  const data = { ...validated(creation, input), organizationId: ctx.organizationId }
  return createRow(ctx, LEAVE_REQUEST, async (tx) => {
    await assertEmployed(tx, ctx, data.employeeId)
    return tx.leaveRequest.create({ data })
  })
}

const decideAs =
  (status: Exclude<LeaveStatus, 'pending'>, from: readonly LeaveStatus[]) =>
  (ctx: Context, id: number): Promise<LeaveRequest> => {
    const where = row(ctx, id)
    return updateRow(ctx, LEAVE_REQUEST, {
      verb: status,
      read: async (tx) => {
        await lockRow(tx, ctx, 'leave_request', id)
        return found('leave request', tx.leaveRequest.findUnique({ where }))
      },
      write: (tx, before) => {
        if (!from.includes(before.status))
          throw new AppError('CONFLICT', `This leave request is ${before.status}; it can no longer be ${status}.`)
        return tx.leaveRequest.update({ where, data: { status } })
      },
    })
  }

export const approveLeave = decideAs('approved', ['pending'])
export const rejectLeave = decideAs('rejected', ['pending'])
export const cancelLeave = decideAs('cancelled', ['pending', 'approved'])
