import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { DialectName } from '../core/rest.ts'
import { VERSION } from '../version.ts'
import { DIALECTS } from './dialects/all.ts'
import { etagOf, matchesNone } from './etag.ts'
import { eventReference } from './event-documents.ts'
import { FAVICON, FAVICON_PATH } from './favicon.ts'
import type { RestAnswer } from './refusal.ts'
import type { Rest } from './rest.ts'

const SCRIPT_PATH = '/reference/scalar.js'
const START_PATH = '/reference/start.js'
const EVENTS_PATH = '/openapi/events.json'
const NAMES = Object.keys(DIALECTS) as DialectName[]

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const shortTitle = (name: DialectName) => DIALECTS[name].title.replace(/^Opsgraph: /, '')

/** Nothing is fetched from anywhere else: own fonts, no telemetry, no proxy, no assistant. */
const SETTINGS = {
  sources: [
    ...NAMES.map((name) => ({ url: `/openapi/${name}.json`, slug: name, title: shortTitle(name) })),
    { url: EVENTS_PATH, slug: 'events', title: 'Events' },
  ],
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: '',
  agent: { disabled: true },
  showDeveloperTools: 'never',
  hideClientButton: true,
}

const START = `Scalar.createApiReference('#reference', ${JSON.stringify(SETTINGS)})\n`

const page = (version: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Opsgraph API reference</title>
<link rel="icon" type="image/svg+xml" href="${FAVICON_PATH}">
</head>
<body>
<noscript>
<h1>Opsgraph API reference</h1>
<ul>
${NAMES.map((name) => `<li><a href="/openapi/${name}.json">${shortTitle(name)}</a></li>`).join('\n')}
<li><a href="${EVENTS_PATH}">Events</a></li>
</ul>
</noscript>
<div id="reference"></div>
<script src="${SCRIPT_PATH}?v=${version}"></script>
<script src="${START_PATH}"></script>
</body>
</html>
`

const bundle = () => readFileSync(fileURLToPath(import.meta.resolve('@scalar/api-reference/browser/standalone.js')))

const file = (body: string | Buffer, type: string, more: Record<string, string> = {}): RestAnswer => ({
  status: 200,
  headers: {
    'content-type': `${type}; charset=utf-8`,
    'x-content-type-options': 'nosniff',
    etag: etagOf(body),
    'cache-control': 'no-cache',
    ...more,
  },
  body,
})

/** Each is made when it is first asked for, and kept. */
function filesOf(rest: Rest): Map<string, () => RestAnswer | Promise<RestAnswer>> {
  const script = once(() =>
    file(bundle(), 'text/javascript', { 'cache-control': 'public, max-age=31536000, immutable' }),
  )
  const scriptVersion = () => script().headers.etag?.slice(1, 11) ?? ''
  const made: [string, () => RestAnswer | Promise<RestAnswer>][] = [
    ['/reference', () => file(page(scriptVersion()), 'text/html', { 'content-security-policy': POLICY })],
    [SCRIPT_PATH, script],
    [START_PATH, () => file(START, 'text/javascript')],
    [EVENTS_PATH, () => file(JSON.stringify(eventReference(VERSION)), 'application/json')],
    [FAVICON_PATH, () => file(FAVICON, 'image/svg+xml', { 'cache-control': 'public, max-age=86400' })],
    ...NAMES.map((name): [string, () => Promise<RestAnswer>] => [
      `/openapi/${name}.json`,
      async () => file(JSON.stringify((await rest.documents())[name]), 'application/json'),
    ]),
  ]
  return new Map(made.map(([path, make]) => [path, once(make)]))
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** The reference for people and the documents it shows; undefined: another path. */
export function referenceRoutes(rest: Rest): (path: string, ifNoneMatch?: string) => Promise<RestAnswer | undefined> {
  const files = filesOf(rest)
  return async (path, ifNoneMatch) => {
    const answer = await files.get(path === '/reference/' ? '/reference' : path)?.()
    const { etag = '', 'cache-control': cache = '' } = answer?.headers ?? {}
    if (answer && ifNoneMatch !== undefined && matchesNone(ifNoneMatch, etag))
      return { status: 304, headers: { etag, 'cache-control': cache } }
    return answer
  }
}
