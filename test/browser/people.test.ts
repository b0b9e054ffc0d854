import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { codeOf, enrol, passSteps } from '../kit/authenticator.ts'
import { testServer } from '../kit/server.ts'
import { chromiumAbsent, faultsOf, focusOn, testBrowser, titled, titleOf } from './chromium.ts'

const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1600, height: 900 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const

describe.skipIf(chromiumAbsent)(titled('somebody with a browser and a password'), () => {
  const server = testServer()
  const open = testBrowser()

  const person = (role: string, organization = 0) =>
    server.demo.organizations[organization]!.users.find((user) => user.role === role)!

  async function signIn(
    page: Page,
    { email, password }: { email: string; password: string },
    code = '',
  ): Promise<void> {
    await page.getByLabel('Mail address').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByLabel('Code', { exact: true }).fill(code)
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
  }

  const path = (page: Page) => page.url().slice(server.url.length)

  it('signs in where it is asked for, by a second factor too, and comes to the page that was wanted', async () => {
    const who = person('editor')
    const { secret } = await enrol(server, who)
    const page = await open()
    expect((await page.goto(`${server.url}/api/v1/leads?limit=3`))?.status()).toBe(401)
    await signIn(page, { ...who, password: 'wrong' })
    expect(await page.locator('#email-error').textContent()).toBe('The mail address or the password is wrong.')
    expect(await page.getByLabel('Mail address').inputValue()).toBe(who.email)
    await signIn(page, who)
    await focusOn(page, '#code')
    expect(await page.getByLabel('Password').inputValue()).toBe('')
    await signIn(page, who, codeOf(server, secret))
    passSteps(server)
    expect(path(page)).toBe('/api/v1/leads?limit=3')
    expect(await page.getByRole('banner').textContent()).toContain(who.email)
    expect(await page.evaluate('document.cookie')).toBe('')
    await page.getByRole('button', { name: 'Sign out' }).click()
    expect(await page.getByRole('status').textContent()).toBe('Signed out.')
    expect((await page.goto(`${server.url}/api/v1/leads`))?.status()).toBe(401)
  })

  it('goes from one of their organizations to another', async () => {
    const page = await open()
    await page.goto(`${server.url}/browse/sign-in?next=/api/v1/users`)
    await signIn(page, person('owner'))
    const shown = () => page.getByRole('navigation', { name: 'Pages' }).locator('p').textContent()
    expect(await shown()).toBe('4 of 4 rows')
    await page.getByLabel('Organization', { exact: true }).selectOption('bluefin')
    await page.getByRole('button', { name: 'Choose' }).click()
    expect([path(page), await shown()]).toEqual(['/api/v1/users', '3 of 3 rows'])
  })

  it('asks the graph in GraphiQL as themselves, at once and again after a reload', async () => {
    const page = await open()
    await page.goto(`${server.url}/browse/sign-in?next=/graphql`)
    await signIn(page, person('owner'))
    await titleOf(page).toBe(`Opsgraph · ${person('owner').email}`)
    expect(path(page)).toBe('/graphql')
    const answering = (text: string) =>
      page
        .waitForResponse((response) => response.request().postData()?.includes(text) === true)
        .then((response) => response.json())
    const executed = answering('deployments')
    await page.getByRole('button', { name: /Execute query/ }).click()
    expect((await executed).data.apps.totalCount).toBe(28)
    await page.locator('.result-window').getByText('totalCount').first().waitFor()
    const described = answering('IntrospectionQuery')
    await page.reload()
    expect((await described).data.__schema.queryType.name).toBe('Query')
  })

  it('is asked for a key or a sign-in in GraphiQL while they are a stranger', async () => {
    const page = await open()
    await page.goto(`${server.url}/graphql`)
    await page.getByText('Sign in at /browse/sign-in?next=/graphql').waitFor()
    expect(await page.content()).not.toContain('X-Opsgraph-Page')
  })

  describe.each(LOOKS)('axe finds nothing wrong, and nothing sticks out: $colorScheme, $viewport.width px', (look) => {
    const width = 'document.documentElement.scrollWidth'
    const check = async (page: Page) => {
      expect(await faultsOf(page)).toEqual([])
      expect(await page.evaluate(width)).toBeLessThanOrEqual(look.viewport.width)
    }

    it('in the page that asks, and in what it says', async () => {
      const page = await open(look)
      await page.goto(`${server.url}/browse/sign-in`)
      await check(page)
      await signIn(page, { ...person('owner'), password: 'wrong' })
      await check(page)
    })

    it('where there is an organization to choose, and a second factor to begin with', async () => {
      const page = await open(look)
      await page.goto(`${server.url}/browse/sign-in`)
      await signIn(page, person('owner'))
      for (const each of ['/api/', '/api/v1/auth/me', '/api/v1/auth/second-factor', '/api/v1/users']) {
        await page.goto(server.url + each)
        await check(page)
      }
    })
  })
})
