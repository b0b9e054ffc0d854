import { z } from 'zod'
import * as rules from '../core/rules.ts'
import { PasswordType as TYPES } from '../db/generated/enums.ts'
import { MASK } from './type.ts'

const SCHEMES = /^(https?|ftps?|sftp|ssh|rdp|vnc|telnet|smb|ldaps?):$/

/** Forms send an empty text for nothing. */
const orNothing = (text: string): string | null => text || null
const line = z.string().trim().max(255, 'must be at most 255 characters long.').transform(orNothing)
const url = z
  .string()
  .trim()
  .max(2000, 'must be at most 2000 characters long.')
  .refine(
    (text) => text === '' || SCHEMES.test(URL.parse(text)?.protocol ?? ''),
    'must be an address like https://example.com or ssh://host.example.com.',
  )
  .transform(orNothing)
const secret = z
  .string()
  .min(1, 'must not be empty; null says that there is none.')
  .max(20_000, 'must be at most 20000 characters long.')
const otpSecret = z
  .string()
  .min(1, 'must not be empty; null says that there is none.')
  .max(4000, 'must be at most 4000 characters long.')

const fields = {
  passwordType: z.enum(TYPES).optional(),
  username: line.nullish(),
  url: url.nullish(),
  notes: rules.text.transform(orNothing).nullish(),
  otpSecret: otpSecret.nullish(),
  otpIssuer: line.nullish(),
  expiresAt: z.date().nullish(),
  requiresApproval: z.boolean().optional(),
  assetId: z.int().nullish(),
  tagIds: z.array(z.int()).max(100, 'must be at most 100 tags.').optional(),
}

export const creation = z.object({
  title: rules.name,
  password: secret.refine((text) => text !== MASK, 'is what is shown of a password, not one.').nullish(),
  ...fields,
})
/** Whoever sends back what they read sends the mask: the password stays. */
export const change = z.object({
  title: rules.name.optional(),
  password: secret
    .nullish()
    .transform((text) => (text === MASK ? undefined : text))
    .optional(),
  ...fields,
})

export type Secrets = { password?: string | null | undefined; otpSecret?: string | null | undefined }
