import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../core/errors.ts'
import { Gone, type Storage } from '../core/storage.ts'
import { openStorage } from './open.ts'

const objects = new Map<string, { bytes: Buffer; type: string | undefined }>()
const requests: string[] = []
let down = false

async function* pieces(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000)
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Parts of uploads that are neither completed nor aborted. */
const uploads = new Map<string, { parts: Map<number, Buffer>; type: string | undefined }>()

type Method = (url: URL, request: IncomingMessage, response: ServerResponse) => Promise<void>

const METHODS: Record<string, Method> = {
  async PUT({ pathname, searchParams }, request, response) {
    const [bytes, type] = [await bodyOf(request), request.headers['content-type']]
    const upload = uploads.get(searchParams.get('uploadId') ?? '')
    if (upload) upload.parts.set(Number(searchParams.get('partNumber')), bytes)
    else objects.set(pathname, { bytes, type })
    response.setHeader('ETag', '"part"').end()
  },
  async POST({ pathname, searchParams }, request, response) {
    await bodyOf(request)
    const id = searchParams.get('uploadId')
    if (id === null) {
      const made = randomUUID()
      uploads.set(made, { parts: new Map(), type: request.headers['content-type'] })
      return void response.end(
        `<InitiateMultipartUploadResult><UploadId>${made}</UploadId></InitiateMultipartUploadResult>`,
      )
    }
    const { parts, type } = uploads.get(id)!
    const inOrder = [...parts].sort(([one], [other]) => one - other).map(([, bytes]) => bytes)
    objects.set(pathname, { bytes: Buffer.concat(inOrder), type })
    uploads.delete(id)
    response.end('<CompleteMultipartUploadResult><ETag>"whole"</ETag></CompleteMultipartUploadResult>')
  },
  async GET({ pathname }, _request, response) {
    const object = objects.get(pathname)
    if (object) response.end(object.bytes)
    else response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>')
  },
  async DELETE({ pathname, searchParams }, _request, response) {
    if (searchParams.has('uploadId')) uploads.delete(searchParams.get('uploadId')!)
    else objects.delete(pathname)
    response.writeHead(204).end()
  },
}

/** As much of S3 as the adapter uses. */
function fakeS3(): Server {
  return createServer((request, response) => {
    const url = new URL(request.url!, 'http://s3')
    requests.push(`${request.method} ${url.pathname}`)
    const signed = request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=access/')
    if (down || !signed) response.writeHead(down ? 503 : 403).end()
    else void METHODS[request.method!]!(url, request, response)
  })
}

let folder: string
let server: Server
let s3: Storage
let files: Storage

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opsgraph-storage-'))
  server = fakeS3()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const keys = { accessKeyId: 'access', secretAccessKey: 'secret' }
  files = await openStorage({ dataDir: folder, s3: undefined })
  s3 = await openStorage({ dataDir: folder, s3: { endpoint, region: 'us-east-1', bucket: 'papers', ...keys } })
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true })
})

describe.each([
  ['a folder', () => files],
  ['S3', () => s3],
])('storage in %s', (_name, storage) => {
  it('gives back the bytes it was given', async () => {
    const key = `1/${randomUUID()}`
    const bytes = Buffer.from([0, 255, 13, 10, 128])
    await storage().put(key, bytes, 'application/pdf')
    expect(Buffer.from(await storage().get(key))).toEqual(bytes)
  })

  it('replaces bytes under the same key', async () => {
    const key = `1/${randomUUID()}`
    await storage().put(key, Buffer.from('old and long'), 'text/plain')
    await storage().put(key, Buffer.from('new'), 'text/plain')
    expect(Buffer.from(await storage().get(key)).toString()).toBe('new')
  })

  it('has nothing left after a delete, and deletes twice without complaint', async () => {
    const key = `1/${randomUUID()}`
    await storage().put(key, Buffer.from('x'), 'text/plain')
    await storage().delete(key)
    await storage().delete(key)
    await expect(storage().get(key)).rejects.toThrow()
  })

  it.each(['../../etc/passwd', '/etc/passwd', '1/../2', '1/a', '', 'a/00000000-0000-0000-0000-000000000000'])(
    'refuses %j, which no server made',
    async (key) => {
      await expect(storage().put(key, Buffer.from('x'), 'text/plain')).rejects.toThrow('Not a storage key')
      await expect(storage().get(key)).rejects.toThrow('Not a storage key')
      await expect(storage().delete(key)).rejects.toThrow('Not a storage key')
    },
  )

  it.each([0, 1000, 40_000_000])('takes and gives back %d bytes as a stream', async (length) => {
    const key = `1/${randomUUID()}`
    const whole = randomBytes(length)
    await storage().putStream(key, pieces(whole), 'application/octet-stream')
    expect((await buffer(storage().getStream(key))).equals(whole)).toBe(true)
    expect(Buffer.from(await storage().get(key)).equals(whole)).toBe(true)
    expect(uploads.size).toBe(0)
  })

  it.each([10_000, 40_000_000])('keeps nothing of a stream that broke off after %d bytes', async (length) => {
    const key = `1/${randomUUID()}`
    async function* broken() {
      yield* pieces(randomBytes(length))
      throw new AppError('CONFLICT', 'It broke off.')
    }
    await expect(storage().putStream(key, broken(), 'application/octet-stream')).rejects.toThrow('It broke off.')
    await expect(storage().get(key)).rejects.toBeInstanceOf(Gone)
    await expect(buffer(storage().getStream(key))).rejects.toBeInstanceOf(Gone)
    expect(uploads.size).toBe(0)
  })

  it('says that it can be written to', async () => {
    await expect(storage().check()).resolves.toBeUndefined()
  })
})

describe('storage in a folder', () => {
  it('leaves no half-written or probing files behind', async () => {
    const place = await mkdtemp(join(folder, 'apart-'))
    const storage = await openStorage({ dataDir: place, s3: undefined })
    const key = `7/${randomUUID()}`
    await storage.put(key, Buffer.from('whole'), 'text/plain')
    await storage.check()
    const entries = await readdir(place, { recursive: true })
    expect(entries.sort()).toEqual(['documents', 'documents/7', `documents/${key}`])
  })

  it('overwrites, and deletes, what was left of a stream whose process was killed', async () => {
    const place = await mkdtemp(join(folder, 'killed-'))
    const storage = await openStorage({ dataDir: place, s3: undefined })
    const id = randomUUID()
    const left = join(place, 'documents/7', `.${id}.part`)
    await storage.put(`7/${randomUUID()}`, Buffer.from('x'), 'text/plain')
    await writeFile(left, 'half')
    await storage.putStream(`7/${id}`, pieces(Buffer.from('whole')), 'text/plain')
    expect((await readdir(join(place, 'documents/7'))).filter((name) => name.endsWith('.part'))).toEqual([])
    await writeFile(left, 'half again')
    await storage.delete(`7/${id}`)
    expect(await readdir(join(place, 'documents/7'))).toHaveLength(1)
  })

  it('fails its check where it cannot write', async () => {
    const storage = await openStorage({ dataDir: '/dev/null', s3: undefined })
    await expect(storage.check()).rejects.toThrow()
  })
})

describe('storage in S3', () => {
  it('speaks plain PUT, GET and DELETE on the path of bucket and key, and names the type', async () => {
    const key = `3/${randomUUID()}`
    requests.length = 0
    await s3.put(key, Buffer.from('%PDF-'), 'application/pdf')
    expect(objects.get(`/papers/${key}`)).toEqual({ bytes: Buffer.from('%PDF-'), type: 'application/pdf' })
    await s3.get(key)
    await s3.delete(key)
    expect(requests).toEqual([`PUT /papers/${key}`, `GET /papers/${key}`, `DELETE /papers/${key}`])
  })

  it('is unavailable, rather than broken, while the store does not answer', async () => {
    down = true
    const failed = await s3.get(`3/${randomUUID()}`).catch((error: unknown) => error)
    down = false
    expect(failed).toMatchObject({ code: 'UNAVAILABLE', details: { retryAfter: 10 } })
  })
})
