import { z } from 'zod'
import { type Context, row } from '../../core/context.ts'
import { today } from '../../core/day.ts'
import { AppError } from '../../core/errors.ts'
import { lockRow } from '../../core/lock.ts'
import * as rules from '../../core/rules.ts'
import { type Input, validated } from '../../core/validate.ts'
import { changeRow, deleteRow, insertRow, updateRow } from '../../core/write.ts'
import type { Opportunity } from '../../db/generated/client.ts'

const OPPORTUNITY = { name: 'opportunity' } as const

const OPEN = ['prospect', 'qualified', 'proposal', 'negotiation'] as const
const stage = z.enum(OPEN, 'must be an open stage; winOpportunity and loseOpportunity close a deal.').optional()

const fields = {
  stage,
  currency: rules.currency.optional(),
  probability: rules.percent.optional(),
  expectedCloseOn: z.date().nullish(),
  leadId: z.int().nullish(),
  ownerId: z.int().nullish(),
}
const required = { name: rules.name, value: rules.positiveMoney }

/** A deal as it is first written down, without whom it is with. */
export const opportunityRules = z.object({ ...required, ...fields })

const creation = opportunityRules.extend({ clientId: z.int() })
const change = creation.partial()

export const createOpportunity = (ctx: Context, input: Input) => {
  const data = { ...validated(creation, input), organizationId: ctx.organizationId }
  return insertRow(ctx, OPPORTUNITY, 'Opportunity', data)
}

/** A stage moves a closed deal back into the open. */
export const updateOpportunity = (ctx: Context, id: number, input: Input) => {
  const given = validated(change, input)
  const data = given.stage ? { ...given, closedOn: null } : given
  return changeRow(ctx, OPPORTUNITY, 'Opportunity', { id, ...data })
}

export const deleteOpportunity = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, OPPORTUNITY, {
    read: (tx) => tx.opportunity.findUnique({ ...query, where }),
    remove: (tx) => tx.opportunity.delete({ where }),
  })
}

function assertOpen({ stage }: Opportunity): void {
  if (stage === 'won' || stage === 'lost') throw new AppError('CONFLICT', `This opportunity is ${stage} already.`)
}

const closeAs = (stage: 'won' | 'lost', probability: number) => (ctx: Context, id: number) => {
  const where = row(ctx, id)
  return updateRow(ctx, OPPORTUNITY, {
    verb: stage,
    read: async (tx) => {
      await lockRow(tx, ctx, 'opportunity', id)
      return tx.opportunity.findUnique({ where })
    },
    write: (tx, before) => {
      assertOpen(before)
      return tx.opportunity.update({ where, data: { stage, probability, closedOn: today(ctx.clock) } })
    },
  })
}

export const winOpportunity = closeAs('won', 100)
export const loseOpportunity = closeAs('lost', 0)
