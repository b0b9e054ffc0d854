import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { Told } from '../browse/answer-view.ts'
import { indexPage } from '../browse/index-page.ts'
import { PAGE_HEADERS } from '../browse/page-headers.ts'
import { resourcePage, type Site } from '../browse/resource-page.ts'
import type { Submission } from '../browse/submission.ts'
import { AppError } from '../core/errors.ts'
import type { Permission } from '../core/permissions.ts'
import type { Match } from '../rest/rest.ts'
import { type Admission, bucketHeaders } from './admission.ts'
import type { Answer } from './answer.ts'
import { type Browser, isForeign } from './browser.ts'
import type { Asked } from './request.ts'

/** The request that a program would have sent for this page: its credential is decided already. */
export function asProgram(asked: Asked, method: string, headers: IncomingHttpHeaders = {}, body?: Buffer): Asked {
  const sent = { accept: 'application/json', ...(body && { 'content-length': String(body.length) }), ...headers }
  const req = Object.assign(Readable.from(body ? [body] : []), { headers: sent }) as unknown as IncomingMessage
  return { ...asked, method, req }
}

const DONE: Record<string, string> = {
  created: 'Created.',
  changed: 'Changed.',
  deleted: 'Deleted.',
  'signed-out': 'Signed out.',
}
const ENDED =
  'Your session has ended: it was signed out or has expired, or what it was begun with is not valid any more, or not from here.'

function noticeOf({ done, failure, viewer }: Browser): string | undefined {
  const isEnded = !viewer.caller && failure instanceof AppError && failure.code === 'INVALID_TOKEN'
  if (isEnded) return ENDED
  return done !== undefined && Object.hasOwn(DONE, done) ? DONE[done] : undefined
}

const KEPT = ['www-authenticate', 'retry-after', 'allow']

/** What the answer says to browsers as well. */
const kept = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => KEPT.includes(name.toLowerCase())))

const tell = ({ status, headers, body }: Answer, asked: Asked, admission: Admission): Told => ({
  status,
  headers: { ...headers, ...bucketHeaders(admission), 'x-request-id': asked.requestId },
  body: body?.toString() ?? '',
})

const NOTHING: ReadonlySet<Permission> = new Set()

export type Happened = {
  match: Match
  asked: Asked
  method: string
  answer: Answer
  browser: Browser
  admission: Admission
  typed?: Submission | undefined
}

/** An answer of the REST door, with the page around it. */
export function pageOf(site: Site, happened: Happened): Answer {
  const { match, asked, method, answer, browser, admission, typed } = happened
  const { url, path, publicBase } = asked
  const shown = {
    request: { method, url: method === 'GET' ? url : path, publicBase },
    told: tell(answer, asked, admission),
    viewer: browser.viewer,
    permissions: admission.key?.permissions ?? NOTHING,
    notice: noticeOf(browser),
  }
  const about = { ...shown, path, refused: answer.refused, typed, once: randomUUID(), isForeign: isForeign(asked) }
  const isIndex = match.kind === 'index' && answer.status === 200
  const body = isIndex ? indexPage(site, shown) : resourcePage(site, about)
  return {
    status: answer.status,
    headers: { ...PAGE_HEADERS, ...kept(answer.headers) },
    body,
    cookies: browser.cookies,
  }
}
