import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { chromiumAbsent, chromiumPath } from './installed.ts'

export { chromiumAbsent }

/** A title that says why its tests are left out, where they are. */
export const titled = (title: string): string => (chromiumAbsent ? `${title} (${chromiumAbsent})` : title)

/** Started by root, Chromium cannot have its sandbox. */
const FLAGS = ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]

export type OpenPage = (options?: BrowserContextOptions) => Promise<Page>

/** `const open = testBrowser()` in a describe: each page has cookies of its own. */
export function testBrowser(): OpenPage {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath!, args: FLAGS })
  })
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())))
  afterAll(() => browser?.close())
  return async (options = {}) => (await browser.newContext(options)).newPage()
}

/** What axe finds wrong with a page, a line each. */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run(document)')
  return violations.flatMap(({ id, impact, nodes }) => nodes.map(({ html }) => `${impact} ${id}: ${html}`))
}

/** Waits for the focus, which a page that is loaded gives when it is first drawn. */
export const focusOn = (page: Page, selector: string): Promise<void> => page.locator(`${selector}:focus`).waitFor()

/** Waits for the title of the page that a click leads to. */
export const titleOf = (page: Page) => expect.poll(() => page.title(), { timeout: 10_000 })

export async function signIn(page: Page, server: string, key: string): Promise<void> {
  await page.goto(`${server}/browse/sign-in`)
  await page.getByLabel('API key').fill(key)
  await page.getByRole('main').getByRole('button', { name: 'Use this key' }).click()
}
