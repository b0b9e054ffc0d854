import { builder } from '../../core/builder.ts'
import type { FoundColumn, FoundIndex } from './catalogue/relation.ts'
import type { Check } from './columns/checks.ts'

const ColumnCheck = builder.objectRef<Check>('TableColumnCheck').implement({
  description: 'What every value of a column is. What is null is not asked.',
  fields: (t) => ({
    min: t.expose('min', { type: 'Value', nullable: true, description: 'Not below this.' }),
    max: t.expose('max', { type: 'Value', nullable: true, description: 'Not above this.' }),
    minLength: t.exposeInt('minLength', { nullable: true, description: 'Not shorter, in characters.' }),
    maxLength: t.exposeInt('maxLength', { nullable: true, description: 'Not longer, in characters.' }),
    oneOf: t.field({
      type: ['Value'],
      nullable: true,
      description: 'One of these.',
      resolve: ({ oneOf }) => oneOf ?? null,
    }),
    notEmpty: t.boolean({
      description: 'More than spaces.',
      resolve: ({ notEmpty }) => notEmpty ?? false,
    }),
  }),
})

export const TableColumn = builder.objectRef<FoundColumn>('TableColumn').implement({
  description: 'A column as the database holds it.',
  fields: (t) => ({
    name: t.exposeString('name'),
    type: t.string({ description: 'Such as `text` or `numeric(10,2)`.', resolve: ({ type }) => type.name }),
    nullable: t.exposeBoolean('nullable', { description: 'Whether a row may be without a value.' }),
    unique: t.exposeBoolean('unique', { description: 'Whether no two rows have the same value.' }),
    default: t.exposeString('default', {
      nullable: true,
      description:
        'What a row gets that is given no value: an expression of the database, or `identity` for the next number.',
    }),
    generated: t.exposeBoolean('generated', { description: 'Written by the database alone.' }),
    check: t.expose('check', { type: ColumnCheck, nullable: true, description: 'The check as it was asked for here.' }),
    checks: t.exposeStringList('checks', {
      description: 'Every check of this column alone, as the database writes it.',
    }),
  }),
})

export const TableIndex = builder.objectRef<FoundIndex>('TableIndex').implement({
  description: 'An index as the database holds it.',
  fields: (t) => ({
    name: t.exposeString('name'),
    columns: t.exposeStringList('columns', { description: 'Columns, or expressions of them, in order.' }),
    unique: t.exposeBoolean('unique'),
    primary: t.exposeBoolean('primary'),
  }),
})
