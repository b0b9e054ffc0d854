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
  cookies: string[]
  /** What a form before this one has done. */
  done: string | undefined
  /** Why the session, or the key, was not let in. */
  failure: unknown
}

const isRefused = (error: unknown) => error instanceof AppError && error.code === 'INVALID_TOKEN'

type Identified = { token?: string; failure?: unknown; ended?: boolean }

/** A browser that tells says by whom a request was begun; the token of the form decides for those that do not. */
export const isForeign = ({ req }: Asked): boolean => {
  const site = req.headers['sec-fetch-site']
  return site === 'cross-site' || site === 'same-site'
}

/** What another site begins is a stranger's, whatever the browser sends along: a link there must not reveal a secret. */
const sessionOf = (sessions: Sessions, asked: Asked): Session | undefined =>
  isForeign(asked) ? undefined : sessions.session(readCookie(asked.req.headers.cookie, 'session', asked.publicBase))

/** The key of the header, or of the session. An ended session is a stranger's, and the browser is told to forget it. */
async function identify(app: App, sessions: Sessions, asked: Asked, admission: Admission): Promise<Identified> {
  const { authorization } = asked.req.headers
  const session = sessionOf(sessions, asked)
  try {
    if (authorization !== undefined) admission.key = await authenticate(app, asked)
    else if (session) admission.key = await app.credentials.resume(session.keyHash, asked.address)
    return authorization === undefined && session ? { token: session.token } : {}
  } catch (failure) {
    return { failure, ended: authorization === undefined && isRefused(failure) }
  }
}

function callerOf({ key }: Admission, byCookie: boolean): Viewer['caller'] {
  return key && { name: key.name, organization: key.organizationName, byCookie }
}

export async function browserOf(app: App, sessions: Sessions, asked: Asked, admission: Admission): Promise<Browser> {
  const { publicBase } = asked
  const { token, failure, ended } = await identify(app, sessions, asked, admission)
  const { cookie } = asked.req.headers
  const done = readCookie(cookie, 'done', publicBase)
  const cookies = [
    ...(ended ? [dropCookie('session', publicBase)] : []),
    ...(done ? [dropCookie('done', publicBase)] : []),
  ]
  const caller = callerOf(admission, token !== undefined)
  if (token !== undefined) return { viewer: { caller, token }, cookies, done, failure }
  const known = sessions.visited(readCookie(cookie, 'visit', publicBase))
  if (known) return { viewer: { caller, token: known.token }, cookies, done, failure }
  const { visit, sealed } = sessions.visit()
  cookies.push(writeCookie('visit', sealed, publicBase))
  return { viewer: { caller, token: visit.token }, cookies, done, failure }
}
