import { builder } from '../core/builder.ts'
import { enumOf } from '../core/enums.ts'
import type { Imported, RowProblem } from './import.ts'
import { FORMATS } from './reading/read.ts'
import type { Part } from './writing/export.ts'

export const ExchangeFormat = enumOf(
  'ExchangeFormat',
  FORMATS,
  'CSV (RFC 4180, a header first), one JSON array of objects, or one JSON object a line.',
)

export const ImportInput = builder.inputType('ImportInput', {
  description: 'A file, as its text or as a document that was uploaded before: one of the two.',
  fields: (t) => ({
    content: t.string({ description: 'The text of the file.' }),
    documentId: t.id({ description: 'The document that holds the file. Needs `documents:read` as well.' }),
    format: t.field({ type: ExchangeFormat, description: 'Told by the first character of the file unless given.' }),
    atomic: t.boolean({ description: 'Imports every row or none. False unless given: the good rows are kept.' }),
    dryRun: t.boolean({ description: 'Judges every row and keeps none. False unless given.' }),
  }),
})

const ImportProblem = builder.objectRef<RowProblem>('ImportProblem').implement({
  description: 'What is wrong with a row of a file, in the words of the mutation that creates a single one.',
  fields: (t) => ({
    line: t.exposeInt('line', { description: 'Where the row begins, from 1.' }),
    row: t.exposeInt('row', { nullable: true, description: 'Which row, from 1; null where the file breaks off.' }),
    field: t.exposeString('field', {
      nullable: true,
      description: 'As the file spells it; null where the whole row is to blame.',
    }),
    message: t.exposeString('message'),
  }),
})

export type Reported = Imported & { problems: RowProblem[]; problemCount: number }

export const ImportReport = builder.objectRef<Reported>('ImportReport').implement({
  description: 'What became of the rows of a file.',
  fields: (t) => ({
    rows: t.exposeInt('rows', { description: 'Rows that were read: imported and refused.' }),
    imported: t.exposeInt('imported', { description: 'Rows that are kept; in a dry run, that would be.' }),
    refused: t.exposeInt('refused', { description: 'Rows with problems.' }),
    complete: t.exposeBoolean('complete', {
      description: 'False where the file could be read up to a line only; a problem without a row says which and why.',
    }),
    problems: t.field({
      type: [ImportProblem],
      description: 'The first 200, and where the file breaks off.',
      resolve: ({ problems }) => problems,
    }),
    problemCount: t.exposeInt('problemCount', { description: 'How many there are in all.' }),
    ignoredColumns: t.stringList({
      description: 'Columns that the server alone writes (id, created_at, …), which were ignored.',
      resolve: ({ ignored }) => ignored,
    }),
  }),
})

export type NamedPart = Part & { name: string; mimeType: string }

export const ExportPart = builder.objectRef<NamedPart>('ExportPart').implement({
  description: 'Some rows as a file, and where the next ones begin.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What to call the file.' }),
    mimeType: t.exposeString('mimeType'),
    content: t.exposeString('content', {
      description:
        'CSV has its header in the first part alone and JSONL none, so that parts put together are one file; JSON is an array in each. In CSV, a text that a spreadsheet program would run has an apostrophe before it, which an import takes away.',
    }),
    rows: t.int({ description: 'How many rows it holds.', resolve: ({ rows }) => rows.length }),
    hasNextPage: t.exposeBoolean('hasNextPage'),
    endCursor: t.exposeString('endCursor', { nullable: true, description: 'Pass it as `after` for the next part.' }),
  }),
})
