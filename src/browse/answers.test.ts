import { describe, expect, it } from 'vitest'
import { createRest } from '../rest/rest.ts'
import { schema } from '../schema.ts'
import { at, plain, readJson } from './json.ts'
import { jsonHtml } from './json-view.ts'
import { destination, type Here, Links } from './links.ts'
import { placesOf } from './places.ts'

const { endpoints } = createRest({ schema, execute: () => expect.fail('nothing runs here'), version: '0' })
const links = new Links(endpoints)
const here: Here = { dialect: 'clientst0r', path: '/api/assets/', publicBase: 'https://ops.example.com' }
const endpoint = (method: string, path: string) =>
  endpoints.find((each) => each.method === method && each.path === path)!

const shown = (text: string, path: readonly string[] = [], of = endpoint('GET', '/api/assets/')) =>
  jsonHtml({ value: readJson(text)!, path, type: of.list!.node.name, view: of.view, links, here }).text

/** What a reader sees of markup. */
const seen = (markup: string) =>
  markup
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&')

describe('JSON on a page', () => {
  it('is the same JSON, with every digit', () => {
    const text = '{"a":12345678901234567890.10,"b":[],"c":{},"d":[1e400,-0,null,true,"<&\\u2028\\""],"e":{"f":[{}]}}'
    const compact = (json: string) => json.replaceAll(/\n\s*/g, '').replaceAll('": ', '":')
    expect(compact(seen(shown(text)))).toBe(text.replace('\\u2028', '\u2028'))
  })

  it('leads from ids to rows and from addresses to pages, in the same form of the path', () => {
    const text =
      '{"next":"https://ops.example.com/api/assets/?page=2&x=1","results":[{"id":7,"organization":3,"name":"7"}]}'
    const markup = shown(text, ['results'])
    expect([...markup.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
      '/api/assets/?page=2&amp;x=1',
      '/api/assets/7/',
      '/api/organizations/3/',
    ])
    expect(links.ofType('Asset', '7', { ...here, path: '/api/v1/assets/' })).toBe('/api/v1/assets/7/')
    expect(links.ofType('Organization', '7', { ...here, dialect: 'baserdb', path: '/api/v1/organizations' })).toBe(
      '/api/v1/organizations/7',
    )
  })

  it('makes no link of what only looks like an id', () => {
    expect(shown('{"results":[{"name":"x","tags":[{"id":1}],"custom_fields":{"id":1}}]}', ['results'])).not.toContain(
      'href',
    )
    expect(shown('{"detail":"Not found.","id":1}', ['results'])).not.toContain('href')
  })

  it.each(['javascript:alert(1)', ' https://x', 'data:text/html,x', '//evil.example', 'ftp://x', 'https://', 'http:'])(
    'leads nowhere with %j',
    (text) => {
      expect(destination(text, here)).toBeUndefined()
    },
  )

  it('tells other sites nothing', () => {
    expect(shown('"https://example.com/a"')).toContain('rel="noreferrer nofollow"')
    expect(destination('https://ops.example.com.evil.example/api/', here)).toMatchObject({ ours: false })
  })
})

describe('where an answer holds what it is about', () => {
  it.each([
    ['GET', '/api/assets/', { value: ['results'], total: ['count'], cursor: undefined }],
    ['GET', '/api/assets/:id/', { value: [], total: undefined, cursor: undefined }],
    ['GET', '/api/v1/leads', { value: ['data'], total: ['count'], cursor: ['next_cursor'] }],
    ['GET', '/api/v1/notes', { value: ['notes'], total: undefined, cursor: undefined }],
    [
      'GET',
      '/api/v1/organizations',
      { value: ['data'], total: ['meta', 'pagination', 'total'], cursor: ['meta', 'pagination', 'next_cursor'] },
    ],
    ['GET', '/api/v1/organizations/:id', { value: ['data'], total: undefined, cursor: undefined }],
  ])('%s %s', (method, path, places) => {
    expect(placesOf(endpoint(method, path))).toEqual(places)
  })

  it('is looked up in own keys only', () => {
    expect(at(readJson('{"a":{"b":1}}'), ['a', 'b'])).toMatchObject({ text: '1' })
    expect(at(readJson('{"a":1}'), ['constructor'])).toBeUndefined()
    expect(plain(readJson('{"a":1}'))).toBe('{"a":1}')
  })
})
