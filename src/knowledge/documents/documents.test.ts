import { createHash, randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'
import type { Context } from '../../core/context.ts'
import { asSystem } from '../../db/tenant.ts'
import { uploadDocument } from './verbs.ts'

const graph = testGraph()
const FIELDS = 'id name mimeType sizeBytes sha256 uploadedById uploadedByName uploadedBy { email } createdAt'
const UPLOAD = `mutation ($input: UploadDocumentInput!) { uploadDocument(input: $input) { ${FIELDS} } }`
const CONTENT = 'query ($id: ID!) { documentContent(id: $id) { name mimeType content } }'
const REMOVE = `mutation ($id: ID!) { deleteDocument(id: $id) { id name } }`
const PDF = Buffer.from('%PDF-1.7\nhello\n')

const upload = (content: Buffer, name?: string, organization: 'a' | 'b' = 'a') =>
  graph.as({ organization }).run(UPLOAD, { input: { name, content: content.toString('base64') } })

async function kept(organizationId: number): Promise<string[]> {
  return readdir(join(graph.kit.config.dataDir, 'documents', String(organizationId))).catch(() => [])
}

it('an upload is kept with its size, type and sum, under whoever sent it', async () => {
  const { data } = await upload(PDF, '../Angebot.pdf')
  expect(data.uploadDocument).toEqual({
    ...{ id: expect.any(String), name: 'Angebot.pdf', mimeType: 'application/pdf', sizeBytes: PDF.length },
    ...{ sha256: createHash('sha256').update(PDF).digest('hex'), createdAt: '2026-05-23T11:42:00Z' },
    ...{
      uploadedById: String(graph.a.users.owner),
      uploadedByName: 'owner of a',
      uploadedBy: { email: 'owner@a.example.com' },
    },
  })
  const read = await graph.as({ permissions: ['documents:read'] }).run(CONTENT, { id: data.uploadDocument.id })
  expect(read.data.documentContent).toEqual({
    name: 'Angebot.pdf',
    mimeType: 'application/pdf',
    content: PDF.toString('base64'),
  })
})

it('what is not allowed leaves nothing behind', async () => {
  const before = await kept(graph.a.id)
  const { errors } = await upload(Buffer.from('<html></html>'), 'x.html')
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE', status: 415 })
  expect((await upload(Buffer.alloc(0))).errors?.[0]?.extensions.fields).toEqual({
    content: ['must be a file that is not empty.'],
  })
  expect(await kept(graph.a.id)).toEqual(before)
})

it('a file above 25 MiB is refused', async () => {
  const content = Buffer.alloc(25 * 1024 * 1024 + 1, PDF)
  await expect(uploadDocument(graph.as().ctx, { name: 'big.pdf', content })).rejects.toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
    details: { fields: { content: ['must be at most 25 MiB.'] } },
  })
})

it('an organization keeps at most 1 GiB, also when uploads come together', async () => {
  const { id: organizationId } = graph.b
  const sizeBytes = 1024 ** 3 - 2 * PDF.length - 1
  const full = { organizationId, name: 'full', mimeType: 'text/plain', sizeBytes, sha256: '', storageKey: randomUUID() }
  await asSystem(async () => await graph.kit.app.prisma.document.create({ data: full }))
  const answers = await Promise.all([1, 2, 3, 4].map(() => upload(PDF, 'x.pdf', 'b')))
  const refused = answers.flatMap(({ errors }) => errors ?? [])
  expect(refused.map(({ extensions }) => extensions.code)).toEqual(['PAYLOAD_TOO_LARGE', 'PAYLOAD_TOO_LARGE'])
  expect(await kept(organizationId)).toHaveLength(2)
})

it('bytes whose row cannot be written are taken back', async () => {
  const { ctx } = graph.as()
  const before = await kept(graph.a.id)
  const stranger: Context = { ...ctx, actor: { ...ctx.actor, userId: graph.b.users.owner } }
  await expect(uploadDocument(stranger, { name: 'x.pdf', content: PDF })).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
  })
  expect(await kept(graph.a.id)).toEqual(before)
})

it('a deleted document takes its bytes along', async () => {
  const before = await kept(graph.a.id)
  const { id } = (await upload(PDF, 'gone.pdf')).data.uploadDocument
  expect(await kept(graph.a.id)).toHaveLength(before.length + 1)
  expect((await graph.as().run(REMOVE, { id })).data.deleteDocument).toEqual({ id, name: 'gone.pdf' })
  expect(await kept(graph.a.id)).toEqual(before)
  expect((await graph.as().run(CONTENT, { id })).errors?.[0]?.extensions.code).toBe('NOT_FOUND')
})

it('upload and deletion are announced and audited without the place of the bytes', async () => {
  const { id } = (await upload(PDF, 'trail.pdf')).data.uploadDocument
  await graph.as().run(REMOVE, { id })
  const { events, audit } = await graph.trail()
  const mine = audit.filter(({ targetId }) => targetId === id)
  const told = events.filter(({ data }) => (data as { id: number }).id === Number(id))
  for (const rows of [mine.map(({ action }) => action), told.map(({ type }) => type)])
    expect(rows).toEqual(['document.created', 'document.deleted'])
  expect(told[0]?.data).toMatchObject({ name: 'trail.pdf', sizeBytes: PDF.length })
  expect(JSON.stringify([mine, told], (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toMatch(
    /storageKey/,
  )
})

it("another organization's document does not exist, nor do its bytes", async () => {
  const { id } = (await upload(PDF, 'mine.pdf')).data.uploadDocument
  const there = graph.as({ organization: 'b' })
  expect((await there.run(CONTENT, { id })).errors?.[0]?.extensions.code).toBe('NOT_FOUND')
  expect((await there.run(REMOVE, { id })).errors?.[0]?.extensions.code).toBe('NOT_FOUND')
})

it('reading and writing each need their permission', async () => {
  const reader = graph.as({ permissions: ['documents:read'] })
  const written = await reader.run(UPLOAD, { input: { content: PDF.toString('base64') } })
  expect(written.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'documents:write' })
  const { errors } = await graph.as({ permissions: ['notes:read'] }).run(CONTENT, { id: '1' })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'documents:read' })
})
