import { AppError, invalid } from '../../../core/errors.ts'
import { sqlState } from '../../../core/public-error.ts'
import type { Relation } from '../catalogue/relation.ts'

type Broken = { meta?: { driverAdapterError?: { cause?: { constraint?: { index?: string } } } } }

/** The unique index that a row would break, by its first column. */
function taken(error: unknown, { indexes }: Relation): AppError {
  const name = (error as Broken).meta?.driverAdapterError?.cause?.constraint?.index
  const column = indexes.find((index) => index.name === name)?.columns[0]
  const sentence = 'This is already taken; choose another.'
  return column
    ? new AppError('CONFLICT', `values.${column}: ${sentence}`, { fields: { [`values.${column}`]: [sentence] } })
    : new AppError('CONFLICT', sentence)
}

const changed = () => new AppError('CONFLICT', 'The columns of this table changed meanwhile; try again.')

const REFUSALS: Record<string, (error: unknown, relation: Relation) => AppError> = {
  23505: taken,
  23502: () => invalid('values', 'leave out what must not be null.'),
  23514: () => invalid('values', 'break a check of the table.'),
  54000: () => invalid('values', 'hold a text that is too long for an index of the table.'),
  ...{ 42703: changed, '42P01': changed, '0A000': changed },
}

/** What the database refuses of rows, in words; a value that it cannot read is the caller's, whatever was seen of it here. */
export function rowRefusal(error: unknown, relation: Relation): unknown {
  const state = sqlState(error) ?? ''
  const refusal = REFUSALS[state]?.(error, relation)
  const refused =
    refusal ?? (/^22/.test(state) ? invalid('values', 'hold something that its column cannot keep.') : undefined)
  return refused ? Object.assign(refused, { cause: error }) : error
}
