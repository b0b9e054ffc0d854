import type { App } from '../app.ts'
import { writeCookie } from '../browse/cookies.ts'
import { at, isObject, plain, readJson } from '../browse/json.ts'
import { siblingsAt } from '../browse/place.ts'
import { placesOf } from '../browse/places.ts'
import type { Site } from '../browse/resource-page.ts'
import { isToken } from '../browse/session.ts'
import { type Payload, payloadOf, readSubmission, type Submission } from '../browse/submission.ts'
import { AppError } from '../core/errors.ts'
import type { Match, Rest } from '../rest/rest.ts'
import { namedType } from '../rest/view.ts'
import type { Admission } from './admission.ts'
import type { Answer } from './answer.ts'
import { asProgram, pageOf } from './browse-page.ts'
import { type Browser, isForeign } from './browser.ts'
import { type Asked, BODY_LIMIT, readBody, UPLOAD_LIMIT } from './request.ts'
import type { RestDoor } from './rest-door.ts'
import { refusedForm, seeOther } from './sign-in.ts'

export type Behind = { app: App; rest: Rest; answerRest: RestDoor; site: Site }

/** A letter may take nine characters in a form, and a form holds more than the body that comes of it. */
const FORM_LIMIT = 4 * BODY_LIMIT

const limitOf = (asked: Asked, { key }: Admission): number =>
  key && asked.req.headers['content-type']?.startsWith('multipart/') ? UPLOAD_LIMIT : FORM_LIMIT

/** The headers that a careful program would send: a change is conditional on what was seen, and made once. */
const conditions = ({ etag, once, method }: Submission, payload: Payload) => ({
  ...(payload && { 'content-type': payload.type }),
  ...(etag !== undefined && method !== 'POST' && { 'if-match': etag }),
  ...(once !== undefined && method === 'POST' && { 'idempotency-key': once }),
})

async function sent(behind: Behind, match: Match, asked: Asked, form: Submission, admission: Admission) {
  const { rest, answerRest } = behind
  try {
    const payload = match.kind === 'route' ? await payloadOf(form, match.endpoint) : undefined
    const inner = asProgram({ ...asked, url: asked.path }, form.method, conditions(form, payload), payload?.body)
    return await answerRest(match, inner, admission)
  } catch (error) {
    return rest.fail(match.dialect, error, { requestId: asked.requestId, method: form.method })
  }
}

const parentOf = (path: string): string => path.replace(/[^/]+\/?$/, '')
const slashless = (path: string): string => path.replace(/\/$/, '')

function rowAddress(site: Site, match: Match, asked: Asked, answer: Answer): string | undefined {
  if (match.kind !== 'route') return undefined
  const { endpoint, dialect } = match
  const row = at(readJson(answer.body?.toString() ?? ''), placesOf(endpoint).value)
  const id = isObject(row) ? plain(row.id) : ''
  const here = { dialect, path: asked.path, publicBase: asked.publicBase }
  return id === '' ? undefined : site.links.ofType(namedType(endpoint.field.type).name, id, here)
}

/** Where to look at what was done; undefined where the answer itself is all there is to see. */
function destination(site: Site, match: Match, asked: Asked, method: string, answer: Answer): string | undefined {
  if (answer.headers['cache-control'] === 'no-store') return undefined
  const { path } = asked
  const isRead = (path: string) => site.find('GET', path)?.kind === 'route'
  if (method === 'DELETE') return [parentOf(path), slashless(parentOf(path))].find(isRead) ?? '/api/'
  const made = method === 'POST' ? rowAddress(site, match, asked, answer) : undefined
  return made ?? (siblingsAt(path, site.find).GET ? path : undefined)
}

const wordFor = (method: string, status: number): string =>
  method === 'DELETE' ? 'deleted' : status === 201 ? 'created' : 'changed'

function ending(site: Site, match: Match, asked: Asked, method: string, answer: Answer): Answer | undefined {
  const to = answer.status < 300 ? destination(site, match, asked, method, answer) : undefined
  return to === undefined
    ? undefined
    : seeOther(to, [writeCookie('done', wordFor(method, answer.status), asked.publicBase)])
}

const OUT_OF_DATE = 'Nothing was sent: this form was made for another session. Send it again.'

/** A form of a page of ours becomes the request that it stands for. */
export async function submit(behind: Behind, asked: Asked, browser: Browser, admission: Admission): Promise<Answer> {
  const { rest, site } = behind
  if (isForeign(asked)) return refusedForm(browser)
  const form = await readSubmission(asked.req.headers, await readBody(asked.req, limitOf(asked, admission)))
  const { method } = form
  const match = rest.match(method, asked.path)!
  const happened = { match, asked, method, browser, admission, typed: form }
  if (!isToken(browser.viewer.token, form.token)) {
    if (!admission.key) return refusedForm(browser)
    const refusal = new AppError('FORBIDDEN', OUT_OF_DATE)
    return pageOf(site, {
      ...happened,
      answer: rest.fail(match.dialect, refusal, { requestId: asked.requestId, method }),
    })
  }
  const answer = await sent(behind, match, asked, form, admission)
  const done = ending(site, match, asked, method, answer)
  return done ?? pageOf(site, { ...happened, answer, typed: answer.status < 300 ? undefined : form })
}
