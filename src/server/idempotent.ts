import type { Credential } from '../access/credential.ts'
import { claimOrReplay, idempotencyKey, requestFingerprint } from '../access/idempotency.ts'
import type { App } from '../app.ts'
import type { Context } from '../core/context.ts'
import { AppError } from '../core/errors.ts'
import type { Answer } from './answer.ts'
import type { Asked } from './request.ts'

const KEPT = ['content-type', 'etag', 'location']

const kept = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => KEPT.includes(name.toLowerCase())))

/** One execution, and how its door words a refusal. */
export type Attempt = { context: Context; run: () => Promise<Answer>; refuse: (error: AppError) => Answer }

/** Runs a POST once per Idempotency-Key and repeats its first answer for a day. */
export async function idempotent(
  app: App,
  asked: Asked,
  key: Credential,
  body: Buffer,
  attempt: Attempt,
): Promise<Answer> {
  const header = asked.req.headers['idempotency-key']
  const name = asked.method === 'POST' ? idempotencyKey(Array.isArray(header) ? header[0] : header) : undefined
  if (name === undefined) return attempt.run()
  const fingerprint = requestFingerprint(asked.method, asked.url, body)
  const begun = claimOrReplay(await app.idempotency.begin(key.organizationId, key.bucketKey, name, fingerprint))
  if (begun.state === 'replay') {
    const { status, headers, body: stored } = begun.answer
    return { status, headers: { ...headers, 'Idempotent-Replayed': 'true' }, body: stored.length ? stored : undefined }
  }
  return execute(app, begun.claim, attempt)
}

type Claim = Extract<Awaited<ReturnType<App['idempotency']['begin']>>, { state: 'new' }>['claim']

const shownOnce = () =>
  new AppError('CONFLICT', 'This was done before, and its secret is shown only once. Rotate the key for a new one.')

async function execute(app: App, claim: Claim, { context, run, refuse }: Attempt): Promise<Answer> {
  try {
    const answer = await run()
    const { status, headers, body } = context.answer.secret ? refuse(shownOnce()) : answer
    await app.idempotency.finish(claim, { status, headers: kept(headers), body: Buffer.from(body ?? '') })
    return answer
  } catch (error) {
    await app.idempotency.abandon(claim)
    throw error
  }
}
