import type { Page } from 'playwright-core'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { minted } from '../contract/minted.ts'
import { testServer } from '../kit/server.ts'
import { chromiumAbsent, focusOn, signIn, testBrowser, titled, titleOf } from './chromium.ts'

describe.skipIf(chromiumAbsent)(titled('somebody with a browser and a key'), () => {
  const server = testServer()
  const open = testBrowser()
  let key = ''
  let page: Page
  beforeAll(async () => {
    key = (await minted(server)).token
  })
  beforeEach(async () => {
    page = await open()
    await signIn(page, server.url, key)
  })

  const main = () => page.getByRole('main')
  const go = (path: string) => page.goto(server.url + path)
  const path = () => page.url().slice(server.url.length)
  const heading = () => page.getByRole('heading', { level: 1 }).textContent()
  const button = (name: string) => main().getByRole('button', { name }).click()

  it('is asked for the key where it is needed, and comes to the page that was wanted', async () => {
    page = await open()
    expect((await go('/api/assets/?search=switch'))?.status()).toBe(401)
    await page.getByLabel('API key').fill('dsk_wrong')
    await button('Use this key')
    expect(await page.locator('#key-error').textContent()).toBe('This key or token is not valid.')
    await focusOn(page, '#key')
    await page.getByLabel('API key').fill(key)
    await button('Use this key')
    expect([path(), await heading()]).toEqual(['/api/assets/?search=switch', 'Assets'])
    expect(await page.content()).not.toContain(key)
    expect(await page.evaluate('document.cookie')).toBe('')
    const [session] = (await page.context().cookies()).filter(({ name }) => name === 'opsgraph_session')
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', expires: -1 })
    expect(session?.value).not.toContain(key)
  })

  it('finds the way from the index to a row and to what the row refers to', async () => {
    await go('/api/')
    await main().getByRole('link', { name: 'Assets', exact: true }).click()
    expect(path()).toBe('/api/assets/')
    await page.getByRole('table').getByRole('link', { name: '117', exact: true }).click()
    expect([path(), await heading()]).toEqual(['/api/assets/117/', expect.stringMatching(/^Asset 117 warehouse/)])
    await page.locator('pre.json').getByRole('link', { name: '1', exact: true }).click()
    expect(path()).toBe('/api/organizations/1/')
    await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'All resources' }).click()
    expect(path()).toBe('/api/')
  })

  it('filters, sorts and turns the pages', async () => {
    await go('/api/assets/')
    const count = () => page.getByRole('navigation', { name: 'Pages' }).locator('p').textContent()
    expect(await count()).toBe('1 to 25 of 120')
    await page.getByRole('link', { name: 'Next' }).click()
    expect([path(), await count()]).toEqual(['/api/assets/?page=2', '26 to 50 of 120'])
    await page
      .locator('pre.json')
      .getByRole('link', { name: /page=3/ })
      .click()
    expect(await count()).toBe('51 to 75 of 120')
    await page.getByRole('link', { name: 'Previous' }).click()
    expect(await count()).toBe('26 to 50 of 120')
    await page.getByText('More filters').click()
    const filters = page.getByRole('region', { name: 'Search and filter' })
    await filters.getByLabel('Asset type').fill('switch')
    await filters.getByLabel('Is active').selectOption('true')
    await button('Apply')
    expect(path()).toBe('/api/assets/?asset_type=switch&is_active=true')
    await page.getByRole('columnheader', { name: 'Name', exact: true }).getByRole('link').click()
    expect(path()).toContain('ordering=name')
    expect(await page.getByRole('columnheader', { name: 'Name', exact: true }).getAttribute('aria-sort')).toBe(
      'ascending',
    )
    const names = await page.locator('tbody tr > :nth-child(2)').allInnerTexts()
    expect(names.length).toBeGreaterThan(2)
    expect(names).toEqual(names.toSorted())
    await main().getByRole('link', { name: 'Reset' }).click()
    expect(path()).toBe('/api/assets/')
  })

  it('creates an asset after a mistake, changes it, and deletes it', async () => {
    await go('/api/assets/')
    const form = page.locator('#create')
    await form.getByLabel('IP address').fill('10.0.0.300')
    await form.getByLabel(/^Name/).fill('made in a browser')
    await form.getByLabel('Notes').fill('\nfirst\nsecond')
    await form.getByLabel('Custom fields').fill('{"rack": {"unit": 4}}')
    await form.getByRole('button', { name: 'Create asset POST', exact: true }).click()
    await titleOf(page).toBe('Error: Assets · Opsgraph API')
    await focusOn(page, '[role=alert]')
    await page.getByRole('alert').getByRole('link').click()
    await focusOn(page, '#create-ip_address')
    expect(await form.getByLabel('IP address').inputValue()).toBe('10.0.0.300')
    expect(await form.getByLabel('Notes').inputValue()).toBe('\nfirst\nsecond')
    await form.getByLabel('IP address').fill('10.0.0.3')
    await form.getByRole('button', { name: 'Create asset POST', exact: true }).click()
    expect(await page.getByRole('status').textContent()).toBe('Created.')
    expect(await heading()).toMatch(/^Asset \d+ made in a browser$/)
    const made = path()
    const row = async () => (await server.request(made, { key })).json
    const written = { notes: '\nfirst\nsecond', ip_address: '10.0.0.3', custom_fields: { rack: { unit: 4 } } }
    expect(await row()).toMatchObject(written)

    const change = page.locator('#change')
    expect(await change.getByLabel('Notes').inputValue()).toBe('\nfirst\nsecond')
    await change.getByLabel(/^Name/).fill('renamed <b>')
    await change.getByRole('button', { name: 'Save changes' }).click()
    expect([path(), await page.getByRole('status').textContent()]).toEqual([made, 'Changed.'])
    expect(await row()).toMatchObject({ ...written, name: 'renamed <b>' })
    await change.getByLabel('IP address').fill('')
    await change.getByRole('button', { name: 'Save all' }).click()
    expect(await row()).toMatchObject({ ...written, name: 'renamed <b>', ip_address: null })

    await page.locator('#delete summary').click()
    await button('Yes, delete it')
    expect([path(), await page.getByRole('status').textContent()]).toEqual(['/api/assets/', 'Deleted.'])
    expect((await server.request(made, { key })).status).toBe(404)
  })

  it('reveals a password, and no form of the page holds it', async () => {
    const body = { title: 'revealed', password: 'correct horse' }
    const { id } = (await server.request('/api/passwords/', { method: 'POST', key, body })).json
    await go(`/api/passwords/${id}/`)
    expect(await page.locator('pre.json').textContent()).toContain('**********')
    await page.getByLabel('Reveal').selectOption('true')
    await button('Ask')
    expect(path()).toBe(`/api/passwords/${id}/?reveal=true`)
    expect(await page.locator('pre.json').textContent()).toContain('"correct horse"')
    const values = await page.evaluate<string[]>('[...document.querySelectorAll("input,textarea")].map((e) => e.value)')
    expect(values.join('\n')).not.toContain('correct horse')
  })

  it('uploads a file and gets it back', async () => {
    await go('/api/v1/documents')
    const content = { name: 'runbook.txt', mimeType: 'text/plain', buffer: Buffer.from('restart it') }
    await page.getByLabel('Content').setInputFiles(content)
    await button('Upload document')
    const { documents } = (await server.request('/api/v1/documents', { key })).json
    expect(documents[0]).toMatchObject({ name: 'runbook.txt', sizeBytes: 10 })
    const download = page.waitForEvent('download')
    await page.goto(`${server.url}/api/v1/documents/${documents[0].id}/content`).catch(() => {})
    expect((await download).suggestedFilename()).toBe('runbook.txt')
  })

  it('is out as soon as the key is revoked', async () => {
    const own = await minted(server)
    page = await open()
    await signIn(page, server.url, own.token)
    await go('/api/assets/')
    await server.graphql('mutation ($id: ID!) { revokeApiKey(id: $id) { id } }', { id: own.id }, key)
    expect((await go('/api/assets/'))?.status()).toBe(401)
    expect(await page.getByRole('status').textContent()).toContain('Your session has ended')
  })

  it('signs out', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click()
    expect([path(), await page.getByRole('status').textContent()]).toEqual(['/api/', 'Signed out.'])
    expect((await go('/api/assets/'))?.status()).toBe(401)
    await page.goBack()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
  })

  it('can do it with the keyboard alone', async () => {
    await go('/api/assets/1/')
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    await focusOn(page, '#main')
    await page.locator('#delete summary').focus()
    await page.keyboard.press('Enter')
    expect(await page.locator('#delete details').getAttribute('open')).not.toBeNull()
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').textContent()).toContain('Yes, delete it')
  })
})
