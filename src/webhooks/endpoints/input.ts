import { z } from 'zod'
import { isPattern } from '../../core/events/patterns.ts'
import * as rules from '../../core/rules.ts'
import { MASK } from './secrets.ts'

const MOST_EVENTS = 100
const MOST_HEADERS = 20
const MAX_OVERLAP_SECONDS = 7 * 86_400
const DAY_SECONDS = 86_400

const unique = (values: string[]) => [...new Set(values)]

const events = z
  .array(
    z
      .string()
      .trim()
      .refine(isPattern, 'must be an event like lead.created, lead.* or *; schema/events.json names them all.'),
  )
  .min(1, 'must name at least one event.')
  .max(MOST_EVENTS, `must name at most ${MOST_EVENTS} events.`)
  .transform(unique)

/** They belong to the connection, to whoever else stands in between, or to what the server says itself. */
const RESERVED =
  /^(host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|content-.*|date|via|forwarded|x-forwarded-.*|authorization|cookie|set-cookie|user-agent|accept-encoding|webhook-.*|x-webhook-.*|sec-.*)$/i
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/

const header = z.object({
  name: z
    .string()
    .max(100, 'must be at most 100 characters long.')
    .regex(TOKEN, 'must be the name of a header, like X-Environment.')
    .refine((name) => !RESERVED.test(name), 'is not yours to set; use a name of your own, like X-Environment.'),
  value: z
    .string()
    .max(1000, 'must be at most 1000 characters long.')
    .regex(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, 'must be visible ASCII characters on one line.'),
})
const headers = z
  .array(header)
  .max(MOST_HEADERS, `must be at most ${MOST_HEADERS} headers.`)
  .refine((given) => new Set(given.map(({ name }) => name.toLowerCase())).size === given.length, {
    message: 'must name each header once.',
    when: ({ issues }) => issues.length === 0,
  })

const description = rules.line.optional()

export const creation = z.object({
  url: rules.url,
  events,
  description,
  headers: headers
    .refine((given) => given.every(({ value }) => value !== MASK), 'must hold values, not what is shown of them.')
    .default([]),
})

export const change = z.object({
  url: rules.url.optional(),
  events: events.optional(),
  description,
  headers: headers.optional(),
  state: z.enum(['active', 'disabled']).optional(),
})
export type Change = z.output<typeof change>

export const rotation = z.object({
  overlapSeconds: z
    .int()
    .min(0, 'must be at least 0.')
    .max(MAX_OVERLAP_SECONDS, `must be at most ${MAX_OVERLAP_SECONDS} (7 days).`)
    .default(DAY_SECONDS),
})

export type Header = z.output<typeof header>
