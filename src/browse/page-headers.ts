import { readFileSync } from 'node:fs'
import { etagOf } from '../rest/etag.ts'
import { STYLE_PATH } from './paths.ts'

const PARTS = ['ground', 'frame', 'forms', 'answer']

/** Read once; its address names its content, so that it may be kept. */
export const STYLE: string = PARTS.map((part) =>
  readFileSync(new URL(`./style/${part}.css`, import.meta.url), 'utf8'),
).join('\n')
export const STYLE_ADDRESS = `${STYLE_PATH}?v=${etagOf(STYLE).slice(1, 11)}`

/** Nothing runs and nothing is fetched but the style; nobody may frame a page. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  vary: 'Accept, Cookie',
}
