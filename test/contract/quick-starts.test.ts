import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { dataFolder } from '../crash/folder.ts'
import { Launched } from '../crash/launch.ts'

/** The document of the BaserDB API, as it was given. */
const DOCUMENT = readFileSync(join(import.meta.dirname, 'baserdb-document.txt'), 'utf8')

const absent = (...commands: string[]): string | undefined => {
  const missing = commands.filter((command) => spawnSync(command, ['--version']).error)
  return missing.length ? `left out: there is no ${missing.join(' and no ')}` : undefined
}
const shellAbsent = absent('bash', 'curl')
const powerShellAbsent = absent('pwsh')
const titled = (title: string, reason: string | undefined) => (reason ? `${title} (${reason})` : title)

/** The lines of the document from one heading to the next. */
function block(heading: string, next: string): string {
  const start = DOCUMENT.indexOf(`\n${heading}\n`)
  const end = DOCUMENT.indexOf(`\n${next}\n`, start + 1)
  if (start === -1 || end === -1) throw new Error(`The document has no ${heading} before ${next}.`)
  return DOCUMENT.slice(start + heading.length + 2, end)
}

const LOGIN = block('Linux / macOS', 'Windows PowerShell')
const HEALTH = block('Windows PowerShell', 'Health and auth')
const READ = block('Read organizations', 'Create an organization')
const CREATE = block('Create an organization', 'Invite a user')
const INVITE = block('Invite a user', 'Response envelope')

const run = promisify(execFile)
const ENVELOPE = ['success', 'data', 'meta', 'error']

let folder: Awaited<ReturnType<typeof dataFolder>>
let server: Launched
let url = ''
let person = { email: '', password: '' }

/** As `npm start` does, on a folder of its own; what it prints is all that is known of it. */
beforeAll(async () => {
  folder = await dataFolder()
  server = new Launched(['serve'], { OPSGRAPH_DATA: folder.path })
  const told = () => expect(server.out.includes('Try:') || server.child.exitCode !== null).toBe(true)
  await vi.waitFor(told, { timeout: 110_000, interval: 100 })
  url = /GraphiQL +(http\S+)\/graphql/.exec(server.out)?.[1] ?? expect.fail(server.err)
  const [, email, password] = /Who signs in, .*: (\S+) with (\S+)/.exec(server.out) ?? expect.fail(server.out)
  person = { email: email!, password: password! }
}, 120_000)
afterAll(async () => {
  await server?.end()
  await folder?.[Symbol.asyncDispose]()
})

/** Host, address and password are the reader's own; nothing else is changed. */
const filled = (text: string): string =>
  text
    .replaceAll('https://your-domain.com', url)
    .replace('owner@company.tld', person.email)
    .replace('your-password', person.password)

async function inShell(text: string, more: Record<string, string> = {}) {
  const env = { PATH: process.env.PATH!, ...more }
  const { stdout } = await run('bash', ['-c', filled(text)], { env })
  const answer = JSON.parse(stdout)
  expect(Object.keys(answer)).toEqual(ENVELOPE)
  return answer
}

async function signedIn(): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/api/v1/auth/login`, { method: 'POST', headers, body: JSON.stringify(person) })
  return ((await response.json()) as { data: { access_token: string } }).data.access_token
}

describe('the quick starts of the document', () => {
  it.skipIf(shellAbsent)(titled('Linux / macOS', shellAbsent), async () => {
    const { success, data, error } = await inShell(LOGIN)
    expect([success, error]).toEqual([true, null])
    expect(data).toMatchObject({
      token_type: 'Bearer',
      refresh_token: expect.any(String),
      user: { email: person.email },
    })
    const me = await fetch(`${url}/api/v1/auth/me`, { headers: { authorization: `Bearer ${data.access_token}` } })
    expect(me.status).toBe(200)
  })

  const healthy = (answer: object) =>
    expect(answer).toMatchObject({
      success: true,
      error: null,
      data: { status: 'ok', checks: { database: { ok: true } } },
    })

  it.skipIf(powerShellAbsent)(titled('Windows PowerShell', powerShellAbsent), async () => {
    // Its lines go on by a backtick; the document ends them as a Unix shell does.
    const text = filled(HEALTH).replaceAll(/ \\\n/g, ' `\n')
    const { stdout } = await run('pwsh', ['-NoProfile', '-Command', `${text.trim()} | ConvertTo-Json -Depth 9`])
    healthy(JSON.parse(stdout))
  })

  it('the request that Windows PowerShell would send', async () => {
    const [, method, address] = /-Method (\w+) \\\s+-Uri "([^"]+)"/.exec(filled(HEALTH))!
    const response = await fetch(address!, { method: method!.toUpperCase() })
    expect(response.status).toBe(200)
    healthy((await response.json()) as object)
  })
})

describe('the common request patterns of the document', () => {
  it('Read organizations', async () => {
    const evaluated = new Function('accessToken', `return ${filled(READ)}`) as (token: string) => Promise<Response>
    const response = await evaluated(await signedIn())
    const answer = (await response.json()) as { data: { slug: string }[] }
    expect([response.status, Object.keys(answer)]).toEqual([200, ENVELOPE])
    expect(answer.data.map(({ slug }) => slug)).toEqual(['omniforge'])
  })

  it.skipIf(shellAbsent)(titled('Invite a user, and create an organization', shellAbsent), async () => {
    const ACCESS_TOKEN = await signedIn()
    const invited = await inShell(INVITE, { ACCESS_TOKEN })
    expect(invited.data).toMatchObject({
      ...{ email: 'operator@imagine.tech', display_name: 'Platform Operator', locale: 'en', status: 'invited' },
    })
    const made = await inShell(CREATE, { ACCESS_TOKEN })
    expect(made.data).toMatchObject({ id: expect.any(Number), slug: 'imagine-labs', name: 'Imagine Labs' })
    // Who founded a second organization has to say from now on which of them is meant.
    const again = await inShell(INVITE, { ACCESS_TOKEN })
    expect(again.error.message).toContain('X-Organization: omniforge, imagine-labs')
    const chosen = await inShell(INVITE.replace('-H', '-H "X-Organization: imagine-labs" -H'), { ACCESS_TOKEN })
    expect(chosen.data).toMatchObject({ email: 'operator@imagine.tech', status: 'invited' })
  })

  it('Response envelope', () => {
    const shown = JSON.parse(DOCUMENT.slice(DOCUMENT.indexOf('{\n  "success"')).split('\n\n')[0]!)
    expect(Object.keys(shown)).toEqual(ENVELOPE)
  })
})
