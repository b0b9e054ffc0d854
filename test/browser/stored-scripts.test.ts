import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { minted } from '../contract/minted.ts'
import { testServer } from '../kit/server.ts'
import { signedIn } from '../kit/visitor.ts'
import { chromiumAbsent, testBrowser, titled, titleOf } from './chromium.ts'

const RUN = 'window.ran = true'
const HOSTILE = `'"></pre></textarea></title><script>${RUN}</script><img src=x onerror="${RUN}"><svg onload="${RUN}">{{7*7}}`
/** Where little fits. */
const SHORT = '<svg onload=ran=1>'
const LINK = `javascript:${RUN}//`

type Made = { list: string; path: string; kept: number; refused: string[] }

/** Each list that takes rows, with the least that a row of it needs. */
const LISTS: Record<string, Record<string, unknown>> = {
  '/api/assets/': { custom_fields: { [HOSTILE]: { [HOSTILE]: HOSTILE } } },
  '/api/passwords/': { password_type: 'website' },
  '/api/vehicles/': { vehicle_type: 'van', status: 'active', condition: 'good' },
  '/api/monitors/': { kind: 'website' },
  '/api/v1/leads': {},
}

describe.skipIf(chromiumAbsent)(titled('scripts that somebody has stored do not run'), () => {
  const server = testServer()
  const open = testBrowser()
  let key = ''
  let cookies: { name: string; value: string; url: string }[] = []
  const made: Made[] = []

  /** The names of the texts that a list's rows take, from the document that describes it. */
  async function textsOf(list: string): Promise<string[]> {
    for (const dialect of ['clientst0r', 'devsphere']) {
      const { json } = await server.request(`/openapi/${dialect}.json`)
      const reference = json.paths[list]?.post?.requestBody.content['application/json'].schema.$ref
      if (!reference) continue
      const { properties } = json.components.schemas[reference.split('/').at(-1)]
      const isText = ({ type, format, enum: words }: Record<string, unknown>) => type === 'string' && !format && !words
      return Object.keys(properties).filter((name) => isText(properties[name]))
    }
    throw new Error(`${list} takes no rows.`)
  }

  /** A row whose every text is hostile; what has a form of its own, and is refused for it, is given up. */
  async function make(list: string): Promise<Made> {
    const body: Record<string, unknown> = { ...LISTS[list] }
    for (const name of await textsOf(list)) body[name] = name === 'url' ? LINK : HOSTILE
    const refused: string[] = []
    for (;;) {
      const { status, json } = await server.request(list, { method: 'POST', key, body })
      if (status === 201) {
        const kept = Object.values(body).filter((value) => value === HOSTILE || value === SHORT).length
        return { list, path: list.endsWith('/') ? `${list}${json.id}/` : `${list}/${json.id}`, kept, refused }
      }
      const blamed = Object.keys(json.fields ?? json).filter((name) => name in body)
      expect([list, json, blamed.length > 0]).toEqual([list, json, true])
      const hopeless = blamed.filter((name) => body[name] !== HOSTILE)
      for (const name of blamed) body[name] = SHORT
      for (const name of hopeless) delete body[name]
      refused.push(...hopeless)
      if (blamed.includes('url')) body.url = `https://example.com/${encodeURIComponent(HOSTILE)}`
    }
  }

  beforeAll(async () => {
    key = (await minted(server, { name: HOSTILE })).token
    const visitor = await signedIn(server, key)
    cookies = [...visitor.jar].map(([name, value]) => ({ name, value, url: server.url }))
    for (const list of Object.keys(LISTS)) made.push(await make(list))
  })

  /** Without the policy, so that only the page itself can keep them from running. */
  async function unguarded(): Promise<Page> {
    const page = await open({ bypassCSP: true })
    await page.context().addCookies(cookies)
    page.on('dialog', (dialog) => dialog.dismiss())
    return page
  }

  async function isInert(page: Page): Promise<void> {
    await page.waitForLoadState('networkidle')
    const found = 'document.querySelectorAll("script, svg, img:not([src^=\'/\']), [onerror], [onload]").length'
    expect(await page.evaluate('window.ran === undefined')).toBe(true)
    expect(await page.evaluate(found)).toBe(0)
    expect(await page.evaluate('document.querySelectorAll("a[href^=\'javascript:\' i]").length')).toBe(0)
  }

  it('such a script would run where a page let it', async () => {
    const page = await unguarded()
    await page.goto(`${server.url}/api/`)
    await page.setContent(`<p>${HOSTILE}</p>`)
    await page.waitForFunction('window.ran === true')
  })

  it('every text without a form of its own can hold one', () => {
    const forms = ['ip_address', 'mac_address', 'url', 'target', 'otp_secret', 'vin', 'email', 'currency']
    for (const { list, kept, refused } of made) {
      expect([list, refused.filter((name) => !forms.includes(name))]).toEqual([list, []])
      expect([list, kept > 0]).toEqual([list, true])
    }
  })

  it.each(Object.keys(LISTS))('in the list, the row and the forms of %s', async (list) => {
    const row = made.find((each) => each.list === list)!
    const page = await unguarded()
    for (const path of [
      list,
      row.path,
      `${list}?${list.includes('leads') ? 'source' : 'search'}=${encodeURIComponent(HOSTILE)}`,
    ]) {
      await page.goto(server.url + path)
      await page.evaluate('document.querySelectorAll("details").forEach((each) => { each.open = true })')
      expect(await page.locator('body').textContent()).toContain('</textarea></title><script>')
      await isInert(page)
    }
  })

  it.each(Object.keys(LISTS))('typed into the form of %s and shown again', async (list) => {
    const page = await unguarded()
    await page.goto(server.url + list)
    const fields = page.locator('#create form.fields').locator('input[type=text], textarea')
    for (const field of await fields.all()) await field.fill(HOSTILE)
    await page.locator('#create button').first().click()
    await titleOf(page).toMatch(/^Error: /)
    expect(await fields.first().inputValue()).toBe(HOSTILE)
    await isInert(page)
  })

  it.each([
    `/api/${encodeURIComponent(HOSTILE)}/`,
    `/api/assets/${encodeURIComponent(HOSTILE)}/`,
    `/api/assets/?ordering=${encodeURIComponent(HOSTILE)}`,
    `/api/assets/?${encodeURIComponent(HOSTILE)}=1`,
    `/browse/sign-in?next=${encodeURIComponent(LINK)}`,
  ])('in the address %#', async (path) => {
    const page = await unguarded()
    await page.goto(server.url + path)
    await isInert(page)
  })
})
