import type { App } from '../app.ts'
import { isToken, type Session, Sessions } from '../browse/session.ts'
import { AppError } from '../core/errors.ts'
import type { Admission } from './admission.ts'
import { resumed, sessionOf } from './browser.ts'
import { type Asked, PAGE_HEADER } from './request.ts'

export type Page = { token: string; name: string; organization: string | undefined }

const ended = () =>
  new AppError(
    'INVALID_TOKEN',
    'Your session has ended; sign in at /browse/sign-in?next=/graphql, and reload the page.',
  )

function shown(sessions: Sessions, asked: Asked): Session {
  const token = asked.req.headers[PAGE_HEADER]
  const session = sessionOf(sessions, asked)
  if (session && typeof token === 'string' && isToken(session.token, token)) return session
  throw ended()
}

export type PageSession = {
  /** Whoever the explorer's page was made for asks, with its token; INVALID_TOKEN for any other. */
  admit(asked: Asked, admission: Admission): Promise<void>
  /** Whom a page is made for; undefined for a stranger. */
  pageOf(asked: Asked): Promise<Page | undefined>
}

/** The graph for who is signed in to the pages: a cookie alone opens nothing here. */
export function createPageSession(app: App): PageSession {
  const sessions = new Sessions(app.envelope, app.clock)
  return {
    async admit(asked, admission) {
      const session = shown(sessions, asked)
      admission.renewed = () => resumed(app, session, asked)
      admission.key = await admission.renewed()
    },
    async pageOf(asked) {
      const session = sessionOf(sessions, asked)
      const key = session && (await resumed(app, session, asked).catch(() => undefined))
      if (!session || !key) return undefined
      const isSeveral = key.kind === 'person' && key.belongsTo.length > 1
      return { token: session.token, name: key.name, organization: isSeveral ? key.organizationSlug : undefined }
    },
  }
}
