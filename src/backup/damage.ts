import { AppError } from '../core/errors.ts'

/** A backup that is not what was written, or not all of it. */
export const damaged = (sentence: string, cause?: unknown): AppError =>
  new AppError('UNPROCESSABLE', `The backup is damaged: ${sentence}`, {}, { cause })
