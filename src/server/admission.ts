import { ATTEMPTS } from '../access/attempts.ts'
import type { BucketSpec, Taken } from '../access/buckets/bucket.ts'
import type { Credential } from '../access/credential.ts'
import { rateLimitHeaders } from '../access/headers.ts'
import type { App } from '../app.ts'
import { AppError, invalid } from '../core/errors.ts'
import type { Parameter } from '../rest/parameters.ts'
import type { Asked } from './request.ts'

/** What has been decided about a request so far; every answer tells from it what is left in the bucket. */
export type Admission = {
  key?: Credential
  spec?: BucketSpec
  taken?: Taken
  cost: number
  /** The name of the GraphQL operation, where it has one. */
  operation?: string | undefined
  /** The credential as it is now, where no header shows it. */
  renewed?: () => Promise<Credential>
  /** The answer lasts for as long as somebody listens. */
  stream?: true
}

export const authenticate = (app: App, { req, address }: Asked): Credential | Promise<Credential> =>
  app.credentials.authenticate(req.headers.authorization, address)

/** Who asks, as it was told before or is told now. */
export function admitted(app: App, asked: Asked, admission: Admission): Credential | Promise<Credential> {
  const known = admission.key ?? authenticate(app, asked)
  if (!(known instanceof Promise)) {
    admission.key = known
    return known
  }
  return known.then((key) => {
    admission.key = key
    return key
  })
}

const HEADER = 'x-organization'

function inQuery({ url }: Asked, { name }: Pick<Parameter, 'name'>): string | undefined {
  const mark = url.indexOf('?')
  return mark === -1 ? undefined : new URLSearchParams(url.slice(mark)).getAll(name).at(-1) || undefined
}

/** The organization that a request names, if any: in its header or, where the path's owner has a parameter for it, in its query. */
function organizationNamed(asked: Asked, parameter: Pick<Parameter, 'name'> | undefined): string | undefined {
  const header = asked.req.headers[HEADER]?.toString().trim() || undefined
  const named = parameter && inQuery(asked, parameter)
  if (parameter && named !== undefined && header !== undefined && named !== header)
    throw invalid(parameter.name, 'names another organization than the header X-Organization; send one of the two.')
  return named ?? header
}

/**
 * The credential in the organization that the request chooses; its own, and at once, unless one is named. Paid for before
 * it is asked.
 */
export function inChosen(
  app: App,
  asked: Asked,
  admission: Admission,
  key: Credential,
  parameter?: Pick<Parameter, 'name'>,
): Credential | Promise<Credential> {
  const named = organizationNamed(asked, parameter)
  if (named === undefined) return key
  return app.credentials.choose(key, named).then((chosen) => {
    admission.key = chosen
    return chosen
  })
}

function paid(admission: Admission, spec: BucketSpec, taken: Taken, tokens: number): void {
  admission.spec = spec
  admission.taken = taken
  admission.cost = tokens
  if (taken.allowed) return
  const { retryAfter } = taken
  throw new AppError('RATE_LIMITED', `Too many requests; wait ${retryAfter} s.`, { retryAfter })
}

/** Takes tokens for a request, or refuses it with the time to wait; at once where this process counts by itself. */
export function charge(app: App, admission: Admission, key: Credential, tokens: number): Promise<void> | undefined {
  const taken = app.limits.buckets.take(key.bucketKey, key.bucket, tokens)
  if (taken instanceof Promise) return taken.then((decided) => paid(admission, key.bucket, decided, tokens))
  paid(admission, key.bucket, taken, tokens)
  return undefined
}

/** While nobody can count, the answer promises nothing. */
const UNCOUNTED: Taken = { allowed: true, limit: ATTEMPTS.capacity, remaining: 0, reset: 1, retryAfter: 0 }

/** Nobody was identified: the answer speaks of the address's own bucket. */
export async function strangerHeaders(app: App, { address }: Asked): Promise<Record<string, string>> {
  return rateLimitHeaders(ATTEMPTS, await app.attempts.peek(address).catch(() => UNCOUNTED))
}

export const bucketHeaders = ({ spec, taken }: Admission): Record<string, string> | undefined =>
  spec && taken && rateLimitHeaders(spec, taken)
