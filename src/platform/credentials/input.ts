import { z } from 'zod'
import * as rules from '../../core/rules.ts'
import { MASK, readUri, UnreadableUri } from './uri.ts'

const uri = z
  .string()
  .trim()
  .max(2000, 'must be at most 2000 characters long.')
  .superRefine((text, { addIssue }) => {
    if (text.includes(MASK)) return
    try {
      readUri(text)
    } catch (error) {
      if (!(error instanceof UnreadableUri)) throw error
      addIssue({ code: 'custom', message: error.message })
    }
  })

const MINIMUM = 'must be owner or admin: nobody else may reveal anything.'

/** What it takes to see it. */
export const policy = {
  requiresReason: z.boolean().optional(),
  requiresApproval: z.boolean().optional(),
  minimumRole: z.enum(['owner', 'admin'], MINIMUM).optional(),
  revealsPerHour: z.int().min(1, 'must be at least 1.').max(1000, 'must be at most 1000.').optional(),
}

const fields = { description: rules.text.optional(), groupId: z.int().nullish(), expiresAt: z.date().nullish() }

export const creation = z.object({
  name: rules.name,
  uri: uri.refine((text) => !text.includes(MASK), 'is what is shown of a URI, not one.'),
  ...fields,
  ...policy,
})
/** Whoever sends back what they read sends the masked URI: the verb knows which one is theirs. */
export const change = z.object({ name: rules.name.optional(), uri: uri.optional(), ...fields, ...policy })
