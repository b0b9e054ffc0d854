import { Approvals } from '../../../core/approvals.ts'
import type { Context } from '../../../core/context.ts'
import type { Input } from '../../../core/validate.ts'

/** Credentials that are shown to whoever a second person has let. */
export const approvals = new Approvals('credential')

export const requestCredential = (ctx: Context, id: number, input: Input) => approvals.request(ctx, id, input)
export const approveCredential = (ctx: Context, id: number, input: Input) => approvals.approve(ctx, id, input)
export const refuseCredential = (ctx: Context, id: number) => approvals.refuse(ctx, id)
