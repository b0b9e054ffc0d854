import { z } from 'zod'
import { builder, type InputFields } from '../core/builder.ts'
import { type Context, row } from '../core/context.ts'
import { enumOf } from '../core/enums.ts'
import { listField } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { rowField } from '../core/row-field.ts'
import * as rules from '../core/rules.ts'
import { type Input, validated } from '../core/validate.ts'
import { changeRow, deleteRow, insertRow } from '../core/write.ts'
import { NoteKind as KINDS } from '../db/generated/enums.ts'

export const NoteKind = enumOf('NoteKind', KINDS, 'A page of the wiki, or a note that somebody wrote.')

export const Note = builder.prismaObject('Note', {
  description: 'A page of knowledge, in Markdown.',
  authScopes: { can: 'notes:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    kind: t.expose('kind', { type: NoteKind }),
    title: t.exposeString('title'),
    body: t.exposeString('body', { description: 'Markdown.' }),
    tags: t.exposeStringList('tags'),
    authorId: t.exposeID('authorId', { nullable: true }),
    author: t.relation('author', { nullable: true, description: 'Who wrote it.' }),
    authorName: t.string({
      nullable: true,
      read: { path: ['author', 'displayName'] },
      select: { author: { select: { displayName: true } } },
      resolve: ({ author }) => author?.displayName ?? null,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const Notes = defineList({
  model: 'Note',
  filter: {
    kind: NoteKind,
    title: 'String',
    body: 'String',
    authorId: 'ID',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['title', 'body'],
  order: ['id', 'kind', 'title', 'createdAt', 'updatedAt'],
  defaultOrder: '-updatedAt',
})

builder.queryFields((t) => ({
  notes: listField(t, Notes, {
    description: 'Wiki pages and notes, the one changed last first.',
    rest: {
      dialect: 'dashboard',
      route: 'GET /api/v1/notes',
      view: 'id title kind body tags author: authorName createdAt updatedAt',
      list: { params: { kind: 'kind.eq' } },
    },
    authScopes: { can: 'notes:read' },
  }),
  note: rowField(t, Note, 'note', {
    description: 'One note. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'notes:read' },
  }),
}))

const tag = z.string().trim().min(1, 'must not be empty.').max(60, 'must be at most 60 characters long.')
const tags = z
  .array(tag)
  .max(50, 'must be at most 50 tags.')
  .transform((all) => [...new Set(all)])
const fields = { kind: z.enum(KINDS).optional(), tags: tags.optional() }
const creation = z.object({ title: rules.name, body: rules.text, ...fields })
const change = z.object({ title: rules.name.optional(), body: rules.text.optional(), ...fields })

const NOTE = { name: 'note' } as const

export const createNote = (ctx: Context, input: Input) => {
  const given = validated(creation, input)
  const data = { ...given, authorId: ctx.actor.userId, organizationId: ctx.organizationId }
  return insertRow(ctx, NOTE, 'Note', data)
}

export const updateNote = (ctx: Context, id: number, input: Input) => {
  const data = validated(change, input)
  return changeRow(ctx, NOTE, 'Note', { id, ...data })
}

export const deleteNote = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, NOTE, {
    read: (tx) => tx.note.findUnique({ ...query, where }),
    remove: (tx) => tx.note.delete({ where }),
  })
}

const fieldsOf = (t: InputFields) => ({
  kind: t.field({ type: NoteKind, description: 'USER unless given.' }),
  tags: t.stringList({ description: 'These and no others; none unless given.' }),
})

const CreateNoteInput = builder.inputType('CreateNoteInput', {
  fields: (t) => ({
    title: t.string({ required: true }),
    body: t.string({ required: true, description: 'Markdown.' }),
    ...fieldsOf(t),
  }),
})
const UpdateNoteInput = builder.inputType('UpdateNoteInput', {
  description: 'What is left out stays.',
  fields: (t) => ({ title: t.string(), body: t.string({ description: 'Markdown.' }), ...fieldsOf(t) }),
})

builder.mutationFields((t) => ({
  createNote: t.field({
    type: Note,
    description: 'Writes a note; the caller is its author.',
    rest: false,
    authScopes: { can: 'notes:write' },
    args: { input: t.arg({ type: CreateNoteInput, required: true }) },
    resolve: (_root, { input }, ctx) => createNote(ctx, input),
  }),
  updateNote: t.field({
    type: Note,
    description: 'Changes a note. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'notes:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateNoteInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateNote(ctx, id, input),
  }),
  deleteNote: t.prismaField({
    type: Note,
    description: 'Deletes a note and returns it as it was.',
    rest: false,
    authScopes: { can: 'notes:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteNote(ctx, id, query),
  }),
}))
