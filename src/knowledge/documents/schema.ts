import { builder } from '../../core/builder.ts'
import { listField } from '../../core/list/connection.ts'
import { defineList } from '../../core/list/declare.ts'
import { rowField } from '../../core/row-field.ts'
import type { Binary } from '../../core/scalars.ts'
import { deleteDocument, readDocument, uploadDocument } from './verbs.ts'

export const Document = builder.prismaObject('Document', {
  description: 'An uploaded file.',
  authScopes: { can: 'documents:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    mimeType: t.exposeString('mimeType', { description: 'By its bytes, whatever the upload said.' }),
    sizeBytes: t.exposeInt('sizeBytes'),
    sha256: t.exposeString('sha256', { description: 'Hexadecimal.' }),
    uploadedById: t.exposeID('uploadedById', { nullable: true }),
    uploadedBy: t.relation('uploadedBy', { nullable: true, description: 'Who uploaded it.' }),
    uploadedByName: t.string({
      nullable: true,
      read: { path: ['uploadedBy', 'displayName'] },
      select: { uploadedBy: { select: { displayName: true } } },
      resolve: ({ uploadedBy }) => uploadedBy?.displayName ?? null,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

type Content = { name: string; mimeType: string; content: Binary }

const DocumentContent = builder.objectRef<Content>('DocumentContent').implement({
  description: 'An uploaded file with its bytes.',
  fields: (t) => ({
    name: t.exposeString('name'),
    mimeType: t.exposeString('mimeType'),
    content: t.expose('content', { type: 'Bytes' }),
  }),
})

export const Documents = defineList({
  model: 'Document',
  filter: {
    name: 'String',
    mimeType: 'String',
    sizeBytes: 'Int',
    sha256: 'String',
    uploadedById: 'ID',
    createdAt: 'DateTime',
  },
  search: ['name'],
  order: ['id', 'name', 'mimeType', 'sizeBytes', 'createdAt'],
  defaultOrder: '-createdAt',
})

const VIEW = 'id name mimeType sizeBytes sha256 uploadedBy: uploadedByName createdAt'
/** Four files of 25 MiB are what one answer can hold. */
const CONTENT_COST = 2500

builder.queryFields((t) => ({
  documents: listField(t, Documents, {
    description: 'Uploaded files, newest first.',
    rest: { dialect: 'dashboard', route: 'GET /api/v1/documents', view: VIEW, list: { params: {} } },
    authScopes: { can: 'documents:read' },
  }),
  document: rowField(t, Document, 'document', {
    description: 'One document. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'documents:read' },
  }),
  documentContent: t.field({
    type: DocumentContent,
    nullable: true,
    description: 'The bytes of a document. NOT_FOUND where there is none.',
    rest: { dialect: 'dashboard', route: 'GET /api/v1/documents/:id/content', raw: true },
    authScopes: { can: 'documents:read' },
    complexity: CONTENT_COST,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => readDocument(ctx, id),
  }),
}))

const UploadDocumentInput = builder.inputType('UploadDocumentInput', {
  fields: (t) => ({
    name: t.string({ description: 'As people call it; folders and invisible characters are taken out.' }),
    content: t.field({ type: 'Bytes', required: true, description: 'At most 25 MiB.' }),
  }),
})

builder.mutationFields((t) => ({
  uploadDocument: t.field({
    type: Document,
    description:
      'Keeps a PDF, Word, Excel or PowerPoint file, an image or a text. UNSUPPORTED_MEDIA_TYPE for anything else, PAYLOAD_TOO_LARGE above 25 MiB or 1 GiB in all.',
    rest: {
      dialect: 'dashboard',
      route: 'POST /api/v1/documents',
      view: VIEW,
      body: 'input',
      multipart: true,
      status: 201,
    },
    authScopes: { can: 'documents:write' },
    args: { input: t.arg({ type: UploadDocumentInput, required: true }) },
    resolve: (_root, { input }, ctx) => uploadDocument(ctx, input),
  }),
  deleteDocument: t.prismaField({
    type: Document,
    description: 'Deletes a document with its bytes and returns it as it was.',
    rest: false,
    authScopes: { can: 'documents:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteDocument(ctx, id, query),
  }),
}))
