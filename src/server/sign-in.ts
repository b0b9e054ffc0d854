import { parseToken } from '../access/token.ts'
import type { App } from '../app.ts'
import { dropCookie, writeCookie } from '../browse/cookies.ts'
import { ORGANIZATION } from '../browse/layout.ts'
import { isForm } from '../browse/negotiation.ts'
import { PAGE_HEADERS } from '../browse/page-headers.ts'
import { INDEX, returnTo } from '../browse/paths.ts'
import { isToken, LIFETIME_MS, type Opened, type Sessions } from '../browse/session.ts'
import { KEY, PERSON, type Tried } from '../browse/sign-in-form.ts'
import { refusedPage, signInPage } from '../browse/sign-in-page.ts'
import { SENT } from '../browse/submission.ts'
import { AppError } from '../core/errors.ts'
import { publicError } from '../core/public-error.ts'
import { signInToPages, signOutOfPages } from '../page-sign-in.ts'
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
async function admitted(app: App, asked: Asked, admission: Admission, key: string): Promise<Opened> {
  if (key === '') throw new AppError('INVALID_REQUEST', 'Type or paste a key.')
  admission.key = await app.credentials.authenticate(`Bearer ${key}`, asked.address)
  await charge(app, admission, admission.key, 1)
  const parsed = parseToken(key)
  if (!parsed) throw new AppError('INVALID_TOKEN', 'Only an API key opens a session here.')
  return { keyHash: parsed.hash }
}

const textIn = (form: URLSearchParams, name: string): string => (form.get(name) ?? '').trim()

/** As at any log-in; the browser is given a session of the person's, and no token. */
async function signedIn(app: App, asked: Asked, form: URLSearchParams): Promise<Opened> {
  const code = textIn(form, PERSON.code)
  const password = form.get(PERSON.password) ?? ''
  const given = { email: textIn(form, PERSON.email), password, ...(code && { code }) }
  if (!given.email || !given.password)
    throw new AppError('INVALID_REQUEST', 'Type your mail address and your password.')
  return { person: await signInToPages(app, asked, given, LIFETIME_MS / 1000) }
}

const CODE = /^second_factor_/

function triedIn(form: URLSearchParams, sentence: string, { details: { reason } }: AppError): Tried {
  if (!form.has(PERSON.email)) return { field: 'key', sentence }
  const field = CODE.test(String(reason)) ? 'code' : 'email'
  return { field, sentence, email: textIn(form, PERSON.email) }
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
    const by = form.has(PERSON.email)
      ? await signedIn(app, asked, form)
      : await admitted(app, asked, admission, keyIn(form))
    return seeOther(next, [writeCookie('session', sessions.begin(by), publicBase), dropCookie('visit', publicBase)])
  } catch (error) {
    const known = publicError(error)
    if (known.status === 500) throw error
    const tried = triedIn(form, known.message, known)
    return pageAnswer(known.status, signInPage({ viewer, next, tried }), cookies)
  }
}

/** A person's session is over everywhere; a key goes on. */
export async function signOut(app: App, browser: Browser, asked: Asked, { key }: Admission): Promise<Answer> {
  const form = await formOf(asked)
  if (!isOurs(asked, form, browser)) return refusedForm(browser)
  const { publicBase } = asked
  if (browser.session && key?.kind === 'person') await signOutOfPages(app, key, asked)
  return seeOther(INDEX, [dropCookie('session', publicBase), writeCookie('done', 'signed-out', publicBase)])
}

/** The pages go on in another organization of the person's; NOT_FOUND where they do not belong. */
export async function choose(
  app: App,
  sessions: Sessions,
  browser: Browser,
  asked: Asked,
  { key }: Admission,
): Promise<Answer> {
  const { session } = browser
  const form = await formOf(asked)
  if (!session || !('person' in session.by) || !key || !isOurs(asked, form, browser)) return refusedForm(browser)
  const { organizationSlug: organization } = await app.credentials.choose(key, textIn(form, ORGANIZATION))
  const sealed = sessions.renew(session, { ...session.by, organization })
  return seeOther(returnTo(form.get('next')), [writeCookie('session', sealed, asked.publicBase)])
}
