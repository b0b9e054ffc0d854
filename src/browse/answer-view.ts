import { STATUS_CODES } from 'node:http'
import { type Html, html, type Part } from './html.ts'
import { readJson } from './json.ts'
import { type JsonShown, jsonHtml } from './json-view.ts'

/** An answer of the REST API, as it would have gone to a program. */
export type Told = { status: number; headers: Readonly<Record<string, string>>; body: string }

const spelled = (name: string): string =>
  name
    .toLowerCase()
    .replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
    .replace(/\b(Id|Www)\b/g, (word) => (word === 'Www' ? 'WWW' : 'ID'))
    .replace('Etag', 'ETag')
    .replace('Ratelimit', 'RateLimit')

const headerRow = ([name, value]: [string, string]): Html => html`<div><dt>${spelled(name)}</dt><dd>${value}</dd></div>`

const body = ({ body }: Told, shown: Omit<JsonShown, 'value'>): Part => {
  const value = readJson(body)
  if (value !== undefined) return jsonHtml({ ...shown, value })
  return body === '' ? html`<p class="hint">No body.</p>` : html`<pre class="json"><code>${body}</code></pre>`
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** How a program asks the same. */
const command = (method: string, address: string): string =>
  `curl ${method === 'GET' ? '' : `-X ${method} `}-H "Authorization: Bearer $KEY" ${quoted(address)}`

export type Request = { method: string; url: string; publicBase: string }

/** Status line, headers and body of an answer, and the request that it answers. */
export function answerHtml(told: Told, { method, url, publicBase }: Request, shown: Omit<JsonShown, 'value'>): Html {
  const { status, headers } = told
  const kind = status < 400 ? 'good' : 'bad'
  return html`<section id="answer" aria-labelledby="answer-title">
<h2 id="answer-title">Answer</h2>
<p class="request"><code><b>${method}</b> ${url}</code></p>
<p class="status ${kind}"><code>HTTP ${status} ${STATUS_CODES[status]}</code></p>
<details class="headers"><summary>Headers</summary>
<dl>${Object.entries(headers).map(headerRow)}</dl>
</details>
${method === 'GET' && html`<details class="headers"><summary>The same with curl</summary><pre class="command"><code>${command(method, publicBase + url)}</code></pre></details>`}
${body(told, shown)}
</section>
`
}
