import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { hidden, type Page, signedIn, type Visitor } from '../kit/visitor.ts'
import { minted } from './minted.ts'

const server = testServer()
const ASSETS = '/api/assets/'
let key = ''
let visitor: Visitor
beforeAll(async () => {
  key = (await minted(server)).token
  visitor = await signedIn(server, key)
})

const read = async (path: string) => (await server.request(path, { key })).json
const escaped = (text: string) => text.replaceAll('"', '&quot;')

/** What a browser would send of a page's form beside what was typed. */
function guards(page: Page): Record<string, string> {
  const names = ['_token', '_etag', '_once', '_was'].filter((name) => page.text.includes(`name="${name}"`))
  return Object.fromEntries(names.map((name) => [name, hidden(page, name)]))
}

async function made(body: object = {}): Promise<{ id: number; path: string }> {
  const { json } = await server.request(ASSETS, { method: 'POST', key, body: { name: 'row', notes: 'kept', ...body } })
  return { id: json.id, path: `${ASSETS}${json.id}/` }
}

/** The form of a row as it is shown, with some fields typed over. */
async function edit(path: string, typed: Record<string, string>, method = 'PATCH'): Promise<Page> {
  const page = await visitor.go(path)
  const was = JSON.parse(hidden(page, '_was')) as Record<string, string>
  return visitor.send(path, { ...guards(page), ...was, ...typed, _method: method })
}

/** The field of a page with what stands in it. */
const fieldOf = ({ text }: Page, id: string): string =>
  new RegExp(`<div class="field[^>]*>\\s*<label for="${id}">.*?</div>`, 's').exec(text)?.[0] ?? ''

describe('creating', () => {
  it('leads to the new row, which says so once', async () => {
    const page = await visitor.go(ASSETS)
    const typed = {
      ...{
        name: 'by hand',
        asset_type: 'switch',
        notes: 'one\r\ntwo',
        custom_fields: '{"rack": 4}',
        is_active: 'false',
      },
      ...{ serial_number: '', tag_ids: '' },
    }
    const { status, headers } = await visitor.send(ASSETS, { ...guards(page), ...typed, _method: 'POST' })
    const path = headers.get('location')!
    expect([status, path]).toEqual([303, expect.stringMatching(/^\/api\/assets\/\d+\/$/)])
    const shown = await visitor.go(path)
    expect(shown.text).toContain('<p class="notice" role="status">Created.</p>')
    expect((await visitor.go(path)).text).not.toContain('Created.')
    expect(await read(path)).toMatchObject({
      ...{ name: 'by hand', asset_type: 'switch', notes: 'one\ntwo', custom_fields: { rack: 4 }, is_active: false },
      ...{ serial_number: null, tags: [] },
    })
  })

  it('happens once, however often the form is sent', async () => {
    const page = await visitor.go(ASSETS)
    const form = { ...guards(page), name: 'sent twice', _method: 'POST' }
    const [first, second] = [await visitor.send(ASSETS, form), await visitor.send(ASSETS, form)]
    expect([first.status, second.status]).toEqual([303, 303])
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
    expect((await read(`${ASSETS}?search=sent twice`)).count).toBe(1)
  })

  it('says beside the field what is wrong, and keeps what was typed', async () => {
    const page = await visitor.go(ASSETS)
    const typed = { name: '', ip_address: '999.1.1.1', notes: '</textarea><b>"kept"', asset_type: '<i>' }
    const refused = await visitor.send(ASSETS, { ...guards(page), ...typed, _method: 'POST' })
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('<title>Error: Assets')
    expect(fieldOf(refused, 'create-name')).toContain('This field is required.')
    expect(fieldOf(refused, 'create-name')).toContain('aria-invalid="true"')
    expect(refused.text).toContain('<a href="#create-name">')
    expect(refused.text).toContain('&lt;/textarea&gt;&lt;b&gt;&quot;kept&quot;')
    expect(fieldOf(refused, 'create-asset_type')).toContain('value="&lt;i&gt;"')
    const again = await visitor.send(ASSETS, { ...guards(refused), ...typed, name: 'now', _method: 'POST' })
    expect(again.status).toBe(400)
    expect(fieldOf(again, 'create-ip_address')).toContain('must be an IPv4 or IPv6 address.')
    expect(fieldOf(again, 'create-name')).not.toContain('aria-invalid')
  })

  it('refuses what is no JSON where JSON belongs, and keeps it', async () => {
    const page = await visitor.go(ASSETS)
    for (const wrong of ['{rack: 4}', '{', "{'a':1}"]) {
      const form = { ...guards(page), name: 'x', custom_fields: wrong, _method: 'POST' }
      const refused = await visitor.send(ASSETS, form)
      expect(refused.status).toBe(400)
      expect(fieldOf(refused, 'create-custom_fields')).toMatch(/Is not JSON/)
    }
  })

  it('takes the whole body as JSON too, and shows where that is wrong', async () => {
    const page = await visitor.go(ASSETS)
    const sent = (json: string) =>
      visitor.send(ASSETS, { _token: hidden(page, '_token'), _json: json, _method: 'POST' })
    expect((await sent('{"name": "by JSON"}')).status).toBe(303)
    const broken = await sent('{"name": ')
    expect([broken.status, broken.text.includes('JSON parse error')]).toEqual([400, true])
    expect(broken.text).toContain(escaped('{"name": '))
    const wrong = await sent('{"name": 5}')
    expect([wrong.status, wrong.text.includes('Name: Must be a string.')]).toEqual([400, true])
  })

  it('uploads a file', async () => {
    const path = '/api/v1/documents'
    const form = new FormData()
    for (const [name, value] of Object.entries(guards(await visitor.go(path)))) form.append(name, value)
    form.append('name', '')
    form.append('content', new Blob(['hello from a form'], { type: 'text/plain' }), 'note.txt')
    const { status, headers } = await visitor.go(path, { method: 'POST', body: form })
    expect([status, headers.get('location')]).toEqual([303, path])
    const [newest] = (await read(path)).documents
    expect(newest).toMatchObject({ name: 'note.txt', sizeBytes: 17 })
    const nothing = new FormData()
    nothing.append('_token', hidden(await visitor.go(path), '_token'))
    nothing.append('content', new Blob([]), '')
    expect((await visitor.go(path, { method: 'POST', body: nothing })).status).toBe(400)
  })
})

describe('changing', () => {
  it('sends what was changed and nothing else', async () => {
    const { path } = await made({ location: 'here' })
    const page = await visitor.go(path)
    const shown = { ...JSON.parse(hidden(page, '_was')), notes: 'new' }
    await server.request(path, { method: 'PATCH', key, body: { location: 'there' } })
    const { _etag: _, ...rest } = guards(page)
    expect((await visitor.send(path, { ...rest, ...shown, _method: 'PATCH' })).status).toBe(303)
    expect(await read(path)).toMatchObject({ notes: 'new', location: 'there' })
  })

  it('clears what was emptied', async () => {
    const { path } = await made()
    expect((await edit(path, { notes: '' })).status).toBe(303)
    expect((await read(path)).notes).toBeNull()
    expect((await visitor.go(path)).text).toContain('Changed.')
  })

  it('shows texts, lists and objects so that they come back as they were', async () => {
    const [tag] = (await server.graphql('{ tags(first: 1) { nodes { id } } }', {}, key)).json.data.tags.nodes
    const custom = { a: { b: [1, 'x', null] }, big: '12345678901234567890' }
    const body = { notes: '\n first\nsecond ', location: 'two\nlines', custom_fields: custom, tag_ids: [tag.id] }
    const { path } = await made(body)
    const { name, updated_at: _then, ...before } = await read(path)
    expect((await edit(path, { name: 'renamed' }, 'PUT')).status).toBe(303)
    const { name: renamed, updated_at: _now, ...after } = await read(path)
    expect([name, renamed, before.custom_fields, before.tags.length]).toEqual(['row', 'renamed', custom, 1])
    expect(after).toEqual(before)
  })

  it('with PUT needs what is required', async () => {
    const { path } = await made()
    const refused = await edit(path, { name: '' }, 'PUT')
    expect([refused.status, fieldOf(refused, 'change-name').includes('may not be null')]).toEqual([400, false])
    expect(fieldOf(refused, 'change-name')).toContain('class="error"')
    expect(refused.text).toContain('kept')
  })

  it('does not overwrite what somebody else has changed meanwhile, until it is sent again', async () => {
    const { path } = await made()
    const page = await visitor.go(path)
    const typed = { ...JSON.parse(hidden(page, '_was')), notes: 'mine' }
    await server.request(path, { method: 'PATCH', key, body: { notes: 'theirs' } })
    const refused = await visitor.send(path, { ...guards(page), ...typed, _method: 'PATCH' })
    expect([refused.status, refused.text.includes('mine')]).toEqual([412, true])
    expect((await read(path)).notes).toBe('theirs')
    expect((await visitor.send(path, { ...guards(refused), ...typed, _method: 'PATCH' })).status).toBe(303)
    expect((await read(path)).notes).toBe('mine')
  })

  it('is offered to who may, and else it says what is lacking', async () => {
    const { token } = await minted(server, { family: 'clientst0r', role: 'readonly' })
    const reader = await signedIn(server, token)
    const { text } = await reader.go(`${ASSETS}1/`)
    expect(text).toContain('it lacks <code>assets:write</code>')
    expect(text).not.toContain('name="_method"')
    const page = await visitor.go(`${ASSETS}1/`)
    for (const method of ['PATCH', 'PUT', 'DELETE']) expect(page.text).toContain(`name="_method" value="${method}"`)
  })

  it('no page offers what its path does not answer', async () => {
    const vehicle = await visitor.go('/api/vehicles/1/')
    expect(vehicle.text).toContain('name="_method" value="PATCH"')
    expect(vehicle.text).not.toContain('value="DELETE"')
    const refused = await visitor.send('/api/vehicles/1/', { ...guards(vehicle), _method: 'DELETE' })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, expect.stringContaining('PATCH')])
  })
})

describe('deleting', () => {
  it('leads back to the list', async () => {
    const { path } = await made()
    const { status, headers } = await edit(path, {}, 'DELETE')
    expect([status, headers.get('location')]).toEqual([303, ASSETS])
    expect((await visitor.go(ASSETS)).text).toContain('Deleted.')
    expect((await server.request(path, { key })).status).toBe(404)
  })

  it('that is refused says why', async () => {
    const { id, path } = await made()
    const monitor = { name: 'watch', url: 'https://example.com', asset_id: id }
    expect((await server.request('/api/monitors/', { method: 'POST', key, body: monitor })).status).toBe(201)
    const refused = await edit(path, {}, 'DELETE')
    expect([refused.status, refused.text.includes('role="alert"')]).toEqual([409, true])
  })
})

describe('secrets', () => {
  const VAULT = '/api/passwords/'
  const SECRET = 'correct horse battery staple'
  const OTP = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

  const entry = async (): Promise<string> => {
    const body = { title: 'secret', password: SECRET, otp_secret: OTP, otp_issuer: 'Example' }
    const { json } = await server.request(VAULT, { method: 'POST', key, body })
    return `${VAULT}${json.id}/`
  }

  it('stay masked in lists, rows and forms', async () => {
    const path = await entry()
    for (const page of [await visitor.go(VAULT), await visitor.go(path)]) {
      expect(page.text).toContain('**********')
      expect(page.text).not.toContain(SECRET)
      expect(page.text).not.toContain(OTP)
    }
  })

  it('are revealed by asking for it, in a page that nobody keeps, and even there no form holds them', async () => {
    const page = await visitor.go(`${await entry()}?reveal=true`)
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(page.text.split(SECRET)).toHaveLength(2)
    expect(fieldOf(page, 'change-password')).toContain('type="password"')
    expect(hidden(page, '_was')).not.toContain(SECRET)
  })

  it('stay as they are when their fields are left empty, change when they are typed, and go when they are cleared', async () => {
    const path = await entry()
    const secretOf = async () => (await read(`${path}?reveal=true`)).password
    expect((await edit(path, { title: 'renamed', password: '', otp_secret: '' })).status).toBe(303)
    expect([await secretOf(), (await read(path)).has_otp]).toEqual([SECRET, true])
    expect((await edit(path, { password: 'another one' }, 'PUT')).status).toBe(303)
    expect([await secretOf(), (await read(path)).title]).toEqual(['another one', 'renamed'])
    expect((await edit(path, { _clear: 'otp_secret' })).status).toBe(303)
    expect([await secretOf(), (await read(path)).has_otp]).toEqual(['another one', false])
  })

  it('that were typed are not shown again where something else was wrong', async () => {
    const page = await visitor.go(VAULT)
    const typed = { title: '', password: 'typed in vain', username: 'kept' }
    const refused = await visitor.send(VAULT, { ...guards(page), ...typed, _method: 'POST' })
    expect([refused.status, refused.text.includes('typed in vain')]).toEqual([400, false])
    expect(fieldOf(refused, 'create-username')).toContain('value="kept"')
    expect(fieldOf(refused, 'create-password')).toContain('Type it again')
  })

  it('one-time codes have a page, and the entry leads there', async () => {
    const path = await entry()
    expect((await visitor.go(path)).text).toContain(`href="${path}otp/"`)
    const page = await visitor.go(`${path}otp/`)
    expect([page.status, page.text.includes('time_remaining')]).toEqual([200, true])
  })
})
