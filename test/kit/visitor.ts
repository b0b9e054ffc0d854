import type { TestServer } from './server.ts'

/** What Chromium says that it accepts. */
export const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'

export type Page = { status: number; headers: Headers; text: string; cookies: readonly string[] }
export type Sent = { headers?: Record<string, string>; method?: string; body?: string | FormData }

const FORM = 'application/x-www-form-urlencoded'

const UNESCAPED: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }
const plain = (text: string) => text.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => UNESCAPED[entity]!)

/** The value of a hidden field of a page, of the form with a button of that method where one is named. */
export function hidden(page: Page, name: string): string {
  const found = new RegExp(`<input type="hidden" name="${name}" value="([^"]*)"`).exec(page.text)
  if (!found) throw new Error(`The page has no ${name}.`)
  return plain(found[1]!)
}

/** A browser without a window: it keeps cookies, reads pages and sends their forms, and follows nothing. */
export class Visitor {
  readonly jar = new Map<string, string>()
  readonly #server: TestServer

  constructor(server: TestServer) {
    this.#server = server
  }

  get cookie(): string {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  async go(path: string, { headers = {}, method = 'GET', body }: Sent = {}): Promise<Page> {
    const response = await fetch(this.#server.url + path, {
      ...{ method, redirect: 'manual' },
      headers: { accept: BROWSER, ...(this.cookie && { cookie: this.cookie }), ...headers },
      ...(body !== undefined && { body }),
    })
    const cookies = response.headers.getSetCookie()
    for (const each of cookies) this.#keep(each)
    return { status: response.status, headers: response.headers, text: await response.text(), cookies }
  }

  send(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Page> {
    const body = new URLSearchParams(fields).toString()
    return this.go(path, { method: 'POST', headers: { 'content-type': FORM, ...headers }, body })
  }

  signIn(key: string, next = '/api/'): Promise<Page> {
    return this.#signInBy({ key }, next)
  }

  /** As a person, with a code where one is asked for. */
  signInAs(who: { email: string; password: string; code?: string }, next = '/api/'): Promise<Page> {
    const { email, password, code = '' } = who
    return this.#signInBy({ email, password, code }, next)
  }

  async #signInBy(shown: Record<string, string>, next: string): Promise<Page> {
    const page = await this.go('/browse/sign-in')
    return this.send('/browse/sign-in', { _token: hidden(page, '_token'), ...shown, next })
  }

  #keep(cookie: string): void {
    const [pair = '', ...about] = cookie.split('; ')
    const mark = pair.indexOf('=')
    if (about.includes('Max-Age=0')) this.jar.delete(pair.slice(0, mark))
    else this.jar.set(pair.slice(0, mark), pair.slice(mark + 1))
  }
}

/** A visitor who has shown a key. */
export async function signedIn(server: TestServer, key: string): Promise<Visitor> {
  const visitor = new Visitor(server)
  const { status } = await visitor.signIn(key)
  if (status !== 303) throw new Error(`Signing in answered ${status}.`)
  return visitor
}
