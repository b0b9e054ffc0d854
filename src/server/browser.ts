import type { Credential } from '../access/credential.ts'
import type { App } from '../app.ts'
import { dropCookie, readCookie, writeCookie } from '../browse/cookies.ts'
import type { Viewer } from '../browse/layout.ts'
import type { Session, Sessions } from '../browse/session.ts'
import { AppError } from '../core/errors.ts'
import { type Admission, authenticate } from './admission.ts'
import type { Asked } from './request.ts'

/** Who sits before the browser, and what it is told to keep. */
export type Browser = {
  viewer: Viewer
  /** What it was opened by, unless the request itself shows something. */
  session?: Session | undefined
  cookies: string[]
  /** What a form before this one has done. */
  done: string | undefined
  /** Why the session, or the key, was not let in. */
  failure: unknown
}

const isRefused = (error: unknown) => error instanceof AppError && error.code === 'INVALID_TOKEN'
const isNowhere = (error: unknown) => error instanceof AppError && error.code === 'NOT_FOUND'

type Identified = { session?: Session; failure?: unknown; ended?: boolean }

/** A browser that tells says by whom a request was begun; the token of the form decides for those that do not. */
export const isForeign = ({ req }: Asked): boolean => {
  const site = req.headers['sec-fetch-site']
  return site === 'cross-site' || site === 'same-site'
}

/** What another site begins is a stranger's, whatever the browser sends along: a link there must not reveal a secret. */
export const sessionOf = (sessions: Sessions, asked: Asked): Session | undefined =>
  isForeign(asked) ? undefined : sessions.session(readCookie(asked.req.headers.cookie, 'session', asked.publicBase))

/** Where somebody belongs to several organizations, the pages open in the first, and stay in the one that is chosen. */
async function settled(app: App, credential: Credential, organization: string | undefined): Promise<Credential> {
  if (credential.kind !== 'person' || credential.undecided.length === 0) return credential
  const first = credential.undecided[0]!
  try {
    return await app.credentials.choose(credential, organization ?? first)
  } catch (error) {
    if (organization === undefined || !isNowhere(error)) throw error
    return app.credentials.choose(credential, first)
  }
}

/** Whoever the session was opened by, as they are now; INVALID_TOKEN where it has ended. */
export async function resumed(app: App, { by }: Session, { address }: Asked): Promise<Credential> {
  if ('keyHash' in by) return app.credentials.resume(by.keyHash, address)
  return settled(app, await app.credentials.resumeSession(by.person, address), by.organization)
}

/** The key of the header, or of the session. An ended session is a stranger's, and the browser is told to forget it. */
async function identify(app: App, sessions: Sessions, asked: Asked, admission: Admission): Promise<Identified> {
  const { authorization } = asked.req.headers
  const session = sessionOf(sessions, asked)
  try {
    if (authorization !== undefined) admission.key = await authenticate(app, asked)
    else if (session) admission.key = await resumed(app, session, asked)
    return authorization === undefined && session ? { session } : {}
  } catch (failure) {
    return { failure, ended: authorization === undefined && isRefused(failure) }
  }
}

function callerOf({ key }: Admission, byCookie: boolean): Viewer['caller'] {
  if (!key) return undefined
  const { kind, name, organizationName: organization, organizationSlug: chosen } = key
  const choices = key.kind === 'person' ? key.belongsTo : []
  return { kind, name, organization, byCookie, choices, chosen }
}

export async function browserOf(app: App, sessions: Sessions, asked: Asked, admission: Admission): Promise<Browser> {
  const { publicBase } = asked
  const { session, failure, ended } = await identify(app, sessions, asked, admission)
  const { cookie } = asked.req.headers
  const done = readCookie(cookie, 'done', publicBase)
  const cookies = [
    ...(ended ? [dropCookie('session', publicBase)] : []),
    ...(done ? [dropCookie('done', publicBase)] : []),
  ]
  const caller = callerOf(admission, session !== undefined)
  if (session) return { viewer: { caller, token: session.token }, session, cookies, done, failure }
  const known = sessions.visited(readCookie(cookie, 'visit', publicBase))
  if (known) return { viewer: { caller, token: known.token }, cookies, done, failure }
  const { visit, sealed } = sessions.visit()
  cookies.push(writeCookie('visit', sealed, publicBase))
  return { viewer: { caller, token: visit.token }, cookies, done, failure }
}
