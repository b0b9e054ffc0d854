import { Approvals } from '../../core/approvals.ts'
import type { Context } from '../../core/context.ts'
import type { Input } from '../../core/validate.ts'

/** Entries that are shown to whoever a second person has let. */
export const approvals = new Approvals('password_entry')

export const requestReveal = (ctx: Context, id: number, input: Input) => approvals.request(ctx, id, input)
export const approveReveal = (ctx: Context, id: number, input: Input) => approvals.approve(ctx, id, input)
export const refuseReveal = (ctx: Context, id: number) => approvals.refuse(ctx, id)
