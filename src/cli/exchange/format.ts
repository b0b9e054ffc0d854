import type { Format } from '../../exchange/reading/read.ts'
import { type Call, UsageError } from '../command.ts'

const FORMATS: readonly Format[] = ['csv', 'json', 'jsonl']

/** What `--format` names. */
export function formatOption(call: Call): Format | undefined {
  const given = call.text('format')
  const format = FORMATS.find((each) => each === given)
  if (given !== undefined && !format)
    throw new UsageError(`--format must be one of ${FORMATS.join(', ')}.`, call.command.name)
  return format
}

/** What a file's name says it is. */
export const formatOfName = (name: string): Format | undefined =>
  FORMATS.find((format) => name.toLowerCase().endsWith(`.${format}`))

export const counted = (rows: number): string => `${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`
