import { parseToken } from '../access/token.ts'
import type { App } from '../app.ts'
import { dropCookie, writeCookie } from '../browse/cookies.ts'
import { isForm } from '../browse/negotiation.ts'
import { PAGE_HEADERS } from '../browse/page-headers.ts'
import { INDEX, returnTo } from '../browse/paths.ts'
import { isToken, type Sessions } from '../browse/session.ts'
import { KEY } from '../browse/sign-in-form.ts'
import { refusedPage, signInPage } from '../browse/sign-in-page.ts'
import { SENT } from '../browse/submission.ts'
import { AppError } from '../core/errors.ts'
import { publicError } from '../core/public-error.ts'
import { type Admission, charge } from './admission.ts'
import type { Answer } from './answer.ts'
import { type Browser, isForeign } from './browser.ts'
import { type Asked, KIB, readBody } from './request.ts'

const FORM_LIMIT = 16 * KIB

export const seeOther = (location: string, cookies: readonly string[]): Answer => {
  const { vary, ...headers } = PAGE_HEADERS
  return { status: 303, headers: { ...headers, location }, body: '', cookies }
}

export const pageAnswer = (status: number, body: string, cookies: readonly string[]): Answer => ({
  status,
  headers: { ...PAGE_HEADERS },
  body,
  cookies,
})

const OUT_OF_DATE =
  'Nothing was done: the form is out of date, or was not made by this site. Open the page and try again.'

export const refusedForm = ({ viewer, cookies }: Browser): Answer =>
  pageAnswer(403, refusedPage(viewer, 'This form was not accepted', OUT_OF_DATE), cookies)

async function formOf(asked: Asked): Promise<URLSearchParams> {
  if (!isForm(asked.req.headers)) throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send a form.')
  return new URLSearchParams((await readBody(asked.req, FORM_LIMIT)).toString())
}

const isOurs = (asked: Asked, form: URLSearchParams, { viewer }: Browser): boolean =>
  !isForeign(asked) && isToken(viewer.token, form.get(SENT.token) ?? undefined)

/** People paste what they have, with blanks around it. */
const keyIn = (form: URLSearchParams): string => (form.get(KEY) ?? '').trim().replace(/^bearer\s+/i, '')

/** The key is shown and paid for as on any request, and then forgotten: what is sealed is its hash. */
async function admitted(app: App, asked: Asked, admission: Admission, key: string): Promise<Buffer> {
  if (key === '') throw new AppError('INVALID_REQUEST', 'Type or paste a key.')
  admission.key = await app.credentials.authenticate(`Bearer ${key}`, asked.address)
  await charge(app, admission, admission.key, 1)
  const parsed = parseToken(key)
  if (!parsed) throw new AppError('INVALID_TOKEN', 'Only an API key opens a session here.')
  return parsed.hash
}

export async function signIn(
  app: App,
  sessions: Sessions,
  browser: Browser,
  asked: Asked,
  admission: Admission,
): Promise<Answer> {
  const { publicBase } = asked
  const { viewer, cookies } = browser
  const form = await formOf(asked)
  if (!isOurs(asked, form, browser)) return refusedForm(browser)
  const next = returnTo(form.get('next'))
  try {
    const sealed = sessions.begin(await admitted(app, asked, admission, keyIn(form)))
    return seeOther(next, [writeCookie('session', sealed, publicBase), dropCookie('visit', publicBase)])
  } catch (error) {
    const { status, message } = publicError(error)
    return pageAnswer(status, signInPage({ viewer, next, error: message }), cookies)
  }
}

export async function signOut(browser: Browser, asked: Asked): Promise<Answer> {
  const form = await formOf(asked)
  if (!isOurs(asked, form, browser)) return refusedForm(browser)
  const { publicBase } = asked
  return seeOther(INDEX, [dropCookie('session', publicBase), writeCookie('done', 'signed-out', publicBase)])
}
