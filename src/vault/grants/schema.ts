import { builder } from '../../core/builder.ts'
import { listField } from '../../core/list/connection.ts'
import { rowField } from '../../core/row-field.ts'
import { RevealGrant, RevealGrants } from './type.ts'
import { approveReveal, refuseReveal, requestReveal } from './verbs.ts'

builder.queryFields((t) => ({
  revealGrants: listField(t, RevealGrants, {
    description: 'Who asked to see secrets that need approval, newest first.',
    rest: false,
    authScopes: { can: 'vault:read' },
  }),
  revealGrant: rowField(t, RevealGrant, 'reveal_grant', {
    description: 'One wish to see a secret. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'vault:read' },
  }),
}))

export const RequestRevealInput = builder.inputType('RequestRevealInput', {
  fields: (t) => ({ reason: t.string({ required: true, description: 'Why you want to see it.' }) }),
})
export const ApproveRevealInput = builder.inputType('ApproveRevealInput', {
  fields: (t) => ({
    expiresAt: t.field({
      type: 'DateTime',
      description: 'Until when: an hour from now unless given, at most 30 days.',
    }),
    singleUse: t.boolean({ description: 'Whether it is used up by the first reveal: true unless given.' }),
  }),
})

builder.mutationFields((t) => ({
  requestReveal: t.field({
    type: RevealGrant,
    description:
      'Asks to see an entry that requires approval, named by its id. CONFLICT where it needs none, or you are waiting already.',
    rest: false,
    authScopes: { can: 'vault:reveal' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: RequestRevealInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => requestReveal(ctx, id, input),
  }),
  approveReveal: t.field({
    type: RevealGrant,
    description: 'Lets whoever asked see the entry. FORBIDDEN to themselves; CONFLICT where it was decided before.',
    rest: false,
    authScopes: { can: 'vault:reveal' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: ApproveRevealInput }) },
    resolve: (_root, { id, input }, ctx) => approveReveal(ctx, id, input ?? {}),
  }),
  refuseReveal: t.field({
    type: RevealGrant,
    description: 'Turns the wish down. FORBIDDEN to whoever asked; CONFLICT where it was decided before.',
    rest: false,
    authScopes: { can: 'vault:reveal' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => refuseReveal(ctx, id),
  }),
}))
