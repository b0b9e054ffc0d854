import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
const MIB = 1024 * 1024
const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n')
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
let key = ''
beforeAll(async () => {
  key = (await minted(server, { scopes: ['documents:write'] })).token
})

function form(bytes: Uint8Array, name: string, type = 'application/octet-stream'): FormData {
  const made = new FormData()
  made.append('file', new File([Uint8Array.from(bytes)], name, { type }))
  return made
}

const upload = (body: FormData) => server.request('/api/v1/documents', { method: 'POST', key, body })

async function download(id: number, as = key) {
  const response = await fetch(`${server.url}/api/v1/documents/${id}/content`, {
    headers: { authorization: `Bearer ${as}` },
  })
  return { response, bytes: Buffer.from(await response.arrayBuffer()) }
}

describe('an upload', () => {
  it('is kept and comes back to the byte, as an attachment', async () => {
    const { status, json } = await upload(form(PDF, 'Vertrag über "alles".pdf'))
    expect(status).toBe(201)
    expect(Object.keys(json).join(' ')).toBe('id name mimeType sizeBytes sha256 uploadedBy createdAt')
    expect(json).toMatchObject({
      mimeType: 'application/pdf',
      sizeBytes: PDF.length,
      sha256: createHash('sha256').update(PDF).digest('hex'),
      uploadedBy: 'James Bratton',
      createdAt: '2026-05-23T11:42:00Z',
    })
    const { response, bytes } = await download(json.id)
    expect(bytes.equals(PDF)).toBe(true)
    expect(response.headers.get('content-type')).toBe('application/pdf')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="[ -~]+"; filename\*=UTF-8''\S+$/,
    )
  })

  it('stands first in the list', async () => {
    const { json } = await upload(form(PNG, 'plan.png'))
    const { json: list } = await server.request('/api/v1/documents?limit=1', { key })
    expect(list).toEqual({ count: 1, documents: [json] })
  })

  it.each([
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>'), 'note.txt'],
    ['a drawing with scripts', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'), 'logo.svg'],
    ['a program', Buffer.from('\x7fELF\0\0\0', 'latin1'), 'report.pdf'],
    ['a script', Buffer.from('#!/bin/sh\nrm -rf /\n'), 'run.txt'],
  ])('is refused when it is %s, whatever its name says', async (_what, bytes, name) => {
    const { status, json } = await upload(form(bytes, name, 'application/pdf'))
    expect([status, json.code]).toEqual([415, 'unsupported_media_type'])
    expect(json.error).toMatch(/^content: /)
  })

  it.each(['../../etc/passwd.pdf', '..\\..\\boot.pdf', '/abs/olute.pdf'])('loses the folders of %s', async (name) => {
    const { status, json } = await upload(form(PDF, name))
    expect(status).toBe(201)
    expect(json.name).toMatch(/^(passwd|boot|olute)\.pdf$/)
  })

  it('is believed by its bytes, not by what it is said to be', async () => {
    const { json } = await upload(form(PNG, 'picture.pdf', 'text/html'))
    expect(json).toMatchObject({ mimeType: 'image/png', name: expect.stringMatching(/\.png$/) })
  })

  it('without a byte is refused', async () => {
    const { status, json } = await upload(form(Buffer.alloc(0), 'empty.pdf'))
    expect([status, json.code]).toEqual([400, 'invalid_request'])
    expect(json.error).toMatch(/^content: /)
  })

  it('without a file is refused', async () => {
    const body = new FormData()
    body.append('name', 'nothing.pdf')
    const { status, json } = await upload(body)
    expect([status, json.error]).toEqual([400, 'content: This field is required.'])
  })

  it('fits with 25 MiB and not with one byte more', async () => {
    const most = Buffer.alloc(25 * MIB, 0x20)
    PDF.copy(most)
    expect((await upload(form(most, 'big.pdf'))).json).toMatchObject({ sizeBytes: 25 * MIB })
    const { status, json } = await upload(form(Buffer.concat([most, Buffer.from(' ')]), 'bigger.pdf'))
    expect([status, json.code]).toEqual([413, 'payload_too_large'])
  })

  it('as JSON is a wrong content type', async () => {
    const { status, json } = await server.request('/api/v1/documents', { method: 'POST', key, body: { name: 'x' } })
    expect([status, json.code]).toEqual([415, 'unsupported_media_type'])
  })

  it('whose form is cut off is refused', async () => {
    const { status, json } = await server.request('/api/v1/documents', {
      method: 'POST',
      key,
      body: '--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    })
    expect([status, json.code]).toEqual([400, 'invalid_request'])
  })

  it('needs documents:write; the documented scope only reads', async () => {
    const { token } = await minted(server, { scopes: ['documents'] })
    const { status, headers } = await server.request('/api/v1/documents', {
      method: 'POST',
      key: token,
      body: form(PDF, 'x.pdf'),
    })
    expect(status).toBe(403)
    expect(headers.get('www-authenticate')).toContain('scope="documents:write"')
  })

  it('of another organization is not found, like one that never was', async () => {
    const { json } = await upload(form(PDF, 'ours.pdf'))
    const { token } = await minted(server, { organization: 1 })
    const [theirs, never] = await Promise.all([download(json.id, token), download(2_000_000_000, token)])
    const said = ({ bytes }: { bytes: Buffer }) => ({ ...JSON.parse(bytes.toString()), requestId: '' })
    expect([theirs.response.status, said(theirs)]).toEqual([404, said(never)])
  })
})

it('one operation reads four files at most: more would not fit into an answer', async () => {
  const reading = (files: number) =>
    `{ ${Array.from({ length: files }, (_, i) => `f${i}: documentContent(id: "${i + 1}") { name }`).join(' ')} }`
  const { json } = await server.graphql(reading(5))
  expect(json.errors[0].message).toMatch(/^This operation costs/)
  expect(Object.keys((await server.graphql(reading(4))).json.data)).toHaveLength(4)
})
