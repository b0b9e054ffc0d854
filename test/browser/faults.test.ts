import type { BrowserContext, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { minted } from '../contract/minted.ts'
import { testServer } from '../kit/server.ts'
import { signedIn } from '../kit/visitor.ts'
import { chromiumAbsent, faultsOf, focusOn, signIn, testBrowser, titled } from './chromium.ts'

type Cookies = Parameters<BrowserContext['addCookies']>[0]

const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1600, height: 900 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const

const PAGES = [
  '/api/',
  '/api/assets/?page_size=3&tag=spare&ordering=-name',
  '/api/assets/?search=nothing-is-called-this',
  '/api/assets/?ordering=nope',
  '/api/assets/1/',
  '/api/assets/2000000000/',
  '/api/passwords/1/?reveal=true',
  '/api/vehicles/1/',
  '/api/v1/leads?limit=3',
  '/api/v1/invoices/1',
  '/api/v1/documents',
  '/api/v1/security?limit=2',
  '/api/v1/organizations',
  '/api/healthz',
]

describe.skipIf(chromiumAbsent)(titled('axe finds nothing wrong, and nothing sticks out'), () => {
  const server = testServer()
  const open = testBrowser()
  let cookies: Cookies
  beforeAll(async () => {
    const visitor = await signedIn(server, (await minted(server)).token)
    cookies = [...visitor.jar].map(([name, value]) => ({ name, value, url: server.url }))
  })

  async function openSignedIn(look: (typeof LOOKS)[number], path: string): Promise<Page> {
    const page = await open(look)
    await page.context().addCookies(cookies)
    await page.goto(server.url + path)
    return page
  }

  describe.each(LOOKS)('$colorScheme, $viewport.width px', (look) => {
    const width = 'document.documentElement.scrollWidth'

    it.each(PAGES)('%s', async (path) => {
      const page = await openSignedIn(look, path)
      await page.evaluate('document.querySelectorAll("details").forEach((each) => { each.open = true })')
      expect(await faultsOf(page)).toEqual([])
      expect(await page.evaluate(width)).toBeLessThanOrEqual(look.viewport.width)
    })

    it('signing in, asked for and refused', async () => {
      const page = await open(look)
      await page.goto(`${server.url}/api/assets/`)
      expect(await faultsOf(page)).toEqual([])
      await signIn(page, server.url, 'wrong')
      await focusOn(page, '[aria-invalid]')
      expect(await page.locator('[aria-invalid]').count()).toBe(1)
      expect(await faultsOf(page)).toEqual([])
    })

    it('a form with mistakes', async () => {
      const page = await openSignedIn(look, '/api/vehicles/?page_size=1')
      await page.locator('#create-year').fill('soon')
      await page.locator('#create button').first().click()
      await focusOn(page, '[role=alert]')
      expect(await page.locator('[aria-invalid]').count()).toBeGreaterThan(1)
      expect(await faultsOf(page)).toEqual([])
      expect(await page.evaluate(width)).toBeLessThanOrEqual(look.viewport.width)
    })
  })
})
