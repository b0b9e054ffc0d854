import type { App } from '../app.ts'
import { Links } from '../browse/links.ts'
import { STYLE } from '../browse/page-headers.ts'
import { CHOOSE, INDEX, isBrowsed, returnTo, SIGN_IN, SIGN_OUT, STYLE_PATH } from '../browse/paths.ts'
import type { Find } from '../browse/place.ts'
import { Sessions } from '../browse/session.ts'
import { refusedPage, signInPage } from '../browse/sign-in-page.ts'
import { publicError } from '../core/public-error.ts'
import type { Rest } from '../rest/rest.ts'
import type { Admission } from './admission.ts'
import { type Answer, withoutBody } from './answer.ts'
import { type Behind, submit } from './browse-form.ts'
import { asProgram, pageOf } from './browse-page.ts'
import { type Browser, browserOf } from './browser.ts'
import type { Asked } from './request.ts'
import { forAnyone, type RestDoor } from './rest-door.ts'
import { choose, pageAnswer, seeOther, signIn, signOut } from './sign-in.ts'

const STYLE_ANSWER: Answer = {
  status: 200,
  headers: {
    'content-type': 'text/css; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'public, max-age=31536000, immutable',
  },
  body: STYLE,
}

/** A form sends its empty fields along; the address that people keep and share does without them. */
function tidied(url: string): string | undefined {
  const [path = '', search = ''] = url.split('?')
  const given = new URLSearchParams(search)
  const full = [...given].filter(([, value]) => value !== '')
  if (full.length === given.size) return undefined
  const tidy = new URLSearchParams(full).toString()
  return tidy ? `${path}?${tidy}` : path
}

/** A file goes to the browser as a file; nothing in it may run here. */
const asFile = ({ status, headers, body }: Answer, { cookies }: Browser): Answer => ({
  status,
  headers: { ...headers, 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'; sandbox" },
  body,
  cookies,
})

async function read(behind: Behind, asked: Asked, browser: Browser, admission: Admission): Promise<Answer> {
  const { rest, answerRest, site } = behind
  const { url, path, requestId } = asked
  const tidy = tidied(url)
  if (tidy !== undefined) return seeOther(tidy, [])
  const match = rest.match('GET', path)!
  const isShut = browser.failure !== undefined && !forAnyone(match, true)
  const answer: Answer = isShut
    ? rest.fail(match.dialect, browser.failure, { requestId, method: 'GET' })
    : await answerRest(match, asProgram(asked, 'GET'), admission)
  const isFile = match.kind === 'route' && match.endpoint.route.raw === true && answer.status === 200
  return isFile ? asFile(answer, browser) : pageOf(site, { match, asked, method: 'GET', answer, browser, admission })
}

const ALLOW = 'GET, HEAD, POST'

const notAllowed = ({ viewer, cookies }: Browser): Answer => {
  const answer = pageAnswer(405, refusedPage(viewer, 'That did not work', `This path answers ${ALLOW}.`), cookies)
  return { ...answer, headers: { ...answer.headers, allow: ALLOW } }
}

function failed(app: App, error: unknown, { viewer, cookies }: Browser, { requestId }: Asked): Answer {
  const { status, message } = publicError(error)
  if (status === 500) app.log.error({ error, requestId }, 'a page failed')
  return pageAnswer(status, refusedPage(viewer, 'That did not work', message), cookies)
}

export type BrowseDoor = (asked: Asked, admission: Admission) => Promise<Answer | undefined>

/** The REST APIs for people: whatever a page shows or changes goes through the REST door, as if a program had asked. */
export function createBrowseDoor(app: App, rest: Rest, answerRest: RestDoor): BrowseDoor {
  const sessions = new Sessions(app.envelope, app.clock)
  const find: Find = rest.match
  const behind = { app, rest, answerRest, site: { endpoints: rest.endpoints, find, links: new Links(rest.endpoints) } }

  async function own(asked: Asked, browser: Browser, admission: Admission): Promise<Answer> {
    const { path, method, url } = asked
    if (!['GET', 'HEAD', 'POST'].includes(method)) return notAllowed(browser)
    const next = returnTo(new URLSearchParams(url.split('?')[1] ?? '').get('next'))
    if (path !== SIGN_IN && method !== 'POST') return seeOther(INDEX, [])
    if (path === SIGN_OUT) return signOut(app, browser, asked, admission)
    if (path === CHOOSE) return choose(app, sessions, browser, asked, admission)
    if (method === 'POST') return signIn(app, sessions, browser, asked, admission)
    return pageAnswer(200, signInPage({ viewer: browser.viewer, next }), browser.cookies)
  }

  async function answered(asked: Asked, admission: Admission): Promise<Answer> {
    const browser = await browserOf(app, sessions, asked, admission)
    try {
      if (isBrowsed(asked.path)) return await own(asked, browser, admission)
      return await (asked.method === 'POST' ? submit : read)(behind, asked, browser, admission)
    } catch (error) {
      return failed(app, error, browser, asked)
    }
  }

  return async (asked, admission) => {
    if (asked.path === STYLE_PATH) return STYLE_ANSWER
    const answer = await answered(asked, admission)
    return asked.method === 'HEAD' ? { ...withoutBody(answer), cookies: answer.cookies } : answer
  }
}
