import { describe, expect, test } from 'vitest'
import { uploads } from './fixture/dashboard.ts'
import { asker, openRest } from './fixture/rest.ts'

const ask = asker(openRest())

describe('files', () => {
  const boundary = 'edge'
  const part = (head: string, content: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`
  const upload = (...parts: string[]) =>
    ask('POST', '/api/v1/documents', {
      raw: Buffer.from(`${parts.join('')}--${boundary}--\r\n`),
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    })
  const typed = (name: string, type: string, content: string) =>
    part(`name="file"; filename="${name}"\r\nContent-Type: ${type}`, content)

  test('come in as a form and go out as the same bytes', async () => {
    const { status, json } = await upload(
      typed('plän "1".pdf'.replaceAll('"', '%22'), 'application/pdf', 'bytes\0here'),
    )
    expect([status, json]).toEqual([201, { name: 'plän %221%22.pdf', mimeType: 'application/pdf', sizeBytes: 10 }])
    const got = await ask('GET', `/api/v1/documents/${uploads.length}/content`)
    expect(got.body).toEqual(Buffer.from('bytes\0here'))
    expect(got.headers).toMatchObject({
      'content-type': 'application/pdf',
      'x-content-type-options': 'nosniff',
      'content-disposition': `attachment; filename="pl_n _221_22.pdf"; filename*=UTF-8''pl%C3%A4n%20%25221%2522.pdf`,
    })
  })

  test('never smuggle a header or a type that runs', async () => {
    uploads.push({ name: 'a"\r\nset-cookie: x', mimeType: 'text/html\r\nx: y', content: Buffer.from('<b>') })
    const { headers } = await ask('GET', `/api/v1/documents/${uploads.length}/content`)
    expect(headers['content-type']).toBe('application/octet-stream')
    expect(headers['content-disposition']).toBe(
      `attachment; filename="a___set-cookie: x"; filename*=UTF-8''a%22%0D%0Aset-cookie%3A%20x`,
    )
  })

  test('are refused without a file, with two, too large, or in JSON', async () => {
    expect((await upload(part('name="name"', 'n'))).json).toMatchObject({
      error: 'content: This field is required.',
    })
    expect((await upload(typed('a', 'text/plain', 'a'), typed('b', 'text/plain', 'b'))).status).toBe(400)
    expect((await upload(typed('a', 'text/plain', 'x'.repeat(25 * 1024 * 1024 + 1)))).status).toBe(413)
    expect((await ask('POST', '/api/v1/documents', { body: {} })).status).toBe(415)
    const broken = await ask('POST', '/api/v1/documents', {
      raw: 'x',
      headers: { 'content-type': 'multipart/form-data; a=b' },
    })
    expect(broken.status).toBe(400)
    const cut = await ask('POST', '/api/v1/documents', {
      raw: typed('a', 'text/plain', 'x'),
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    })
    expect(cut.status).toBe(400)
  })
})
