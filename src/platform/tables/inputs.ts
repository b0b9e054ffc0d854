import { builder, type InputFields } from '../../core/builder.ts'
import { TYPE_NAMES } from './columns/types.ts'
import { MAX_COLUMNS } from './limits.ts'

const TableCheckInput = builder.inputType('TableCheckInput', {
  description: 'What every value of a column has to be; all of it must hold. A row without a value breaks no check.',
  fields: (t) => ({
    min: t.field({ type: 'Value', description: 'Not below this. For numbers, days and times.' }),
    max: t.field({ type: 'Value', description: 'Not above this. For numbers, days and times.' }),
    minLength: t.int({ description: 'Not shorter, in characters. For texts.' }),
    maxLength: t.int({ description: 'Not longer, in characters. For texts.' }),
    oneOf: t.field({ type: ['Value'], description: 'One of these, 100 at most. Not for booleans and JSON.' }),
    notEmpty: t.boolean({ description: 'True: more than spaces. For texts.' }),
  }),
})

const TableColumnInput = builder.inputType('TableColumnInput', {
  description: 'A column to be made.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description:
        'A lower-case letter and then letters, digits and underscores, 63 in all at most. Not `id`, which every table has.',
    }),
    type: t.string({ required: true, description: `One of ${TYPE_NAMES}.` }),
    nullable: t.boolean({ description: 'Whether a row may be without a value: true unless given.' }),
    unique: t.boolean({ description: 'Whether no two rows may have the same value: false unless given.' }),
    default: t.field({
      type: 'Value',
      description:
        'What a row gets that is given no value: a value of the type; `now()` for days and times, `gen_random_uuid()` for a uuid, `identity` for a whole number, the next one.',
    }),
    check: t.field({ type: TableCheckInput }),
  }),
})

const TableColumnRename = builder.inputType('TableColumnRename', {
  description: 'Another name for a column.',
  fields: (t) => ({ from: t.string({ required: true }), to: t.string({ required: true }) }),
})

const CONFIRM =
  'The token of the confirmation that the first attempt was refused with: good for five minutes, for the same caller and the same loss.'

const groupId = (t: InputFields, description: string) => t.id({ description })

export const CreateTableInput = builder.inputType('CreateTableInput', {
  description: `A name and up to ${MAX_COLUMNS} columns.`,
  fields: (t) => ({
    name: t.string({ required: true, description: 'What people call it, up to 200 characters.' }),
    groupId: groupId(t, 'May be left out where there is one group whose project is not archived.'),
    columns: t.field({ type: [TableColumnInput], required: true }),
  }),
})

export const UpdateTableInput = builder.inputType('UpdateTableInput', {
  description: 'What is left out stays. Columns are dropped first, renamed then, and added last.',
  fields: (t) => ({
    name: t.string(),
    groupId: groupId(t, 'Another group that it is to belong to.'),
    addColumns: t.field({ type: [TableColumnInput] }),
    renameColumns: t.field({ type: [TableColumnRename] }),
    dropColumns: t.stringList({ description: 'Their values are lost; that has to be confirmed.' }),
    confirm: t.string({ description: CONFIRM }),
  }),
})

export const DeleteTableInput = builder.inputType('DeleteTableInput', {
  fields: (t) => ({ confirm: t.string({ description: CONFIRM }) }),
})
