import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { KEY_FAMILIES } from '../../access/token.ts'
import type { Clock } from '../../core/clock.ts'
import * as rules from '../../core/rules.ts'

const MAX_OVERLAP_SECONDS = 7 * 86_400

const range = z
  .string()
  .trim()
  .refine(
    (text) => ipaddr.isValid(text) || ipaddr.isValidCIDR(text),
    'must be an address or a range like 192.0.2.0/24.',
  )

const refill = z
  .string()
  .refine(
    (text) => /^\d{1,6}(\.\d{1,3})?$/.test(text) && Number(text) > 0,
    'must be more than 0 and less than 1000000, with at most 3 digits after the point.',
  )

const scopes = z.array(z.string()).max(100, 'must name at most 100 scopes.')
const unique = (values: string[]) => [...new Set(values)]

const future = (clock: Clock) =>
  z.date().refine((time) => time > clock.now(), 'must be in the future; revoke a key that shall stop working now.')

const limits = (clock: Clock) => ({
  expiresAt: future(clock).nullish(),
  allowedCidrs: z.array(range).max(100, 'must name at most 100 ranges.').optional(),
  bucketCapacity: z.int().min(1, 'must be at least 1.').max(1_000_000, 'must be at most 1000000.').nullish(),
  bucketRefillPerSecond: refill.nullish(),
})

export const creation = (clock: Clock) =>
  z.object({
    name: rules.name,
    family: z.enum(KEY_FAMILIES),
    scopes: scopes.default([]).transform(unique),
    isAdmin: z.boolean().default(false),
    ownerId: z.int().nullish(),
    ...limits(clock),
  })

export const change = (clock: Clock) =>
  z.object({ name: rules.name.optional(), scopes: scopes.transform(unique).optional(), ...limits(clock) })

export const rotation = z.object({
  overlapSeconds: z
    .int()
    .min(0, 'must be at least 0.')
    .max(MAX_OVERLAP_SECONDS, `must be at most ${MAX_OVERLAP_SECONDS} (7 days).`)
    .default(0),
})

export type Creation = z.output<ReturnType<typeof creation>>
export type Change = z.output<ReturnType<typeof change>>
