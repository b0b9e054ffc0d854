import { z } from 'zod'

/** How GitHub names a repository. */
export const repository = z
  .string()
  .trim()
  .max(200, 'must be at most 200 characters long.')
  .regex(/^[\w.-]+\/[\w.-]+$/, 'must be "owner/name" of a repository.')
