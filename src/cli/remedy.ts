import { ConfigurationError } from '../config.ts'
import { AppError } from '../core/errors.ts'

type Coded = { code?: string; errors?: unknown[]; cause?: unknown; port?: number }

const DATABASE = 'Look at DATABASE_URL.'
const NO_FOLDER = 'There is a file where the data folder should be. Look at OPSGRAPH_DATA.'

const REMEDIES: Record<string, (error: Coded) => string> = {
  ECONNREFUSED: () => `The database does not answer. Start it, or correct its address. ${DATABASE}`,
  ENOTFOUND: () => `The database's host has no address. ${DATABASE}`,
  ETIMEDOUT: () => `The database did not answer in time. ${DATABASE}`,
  '28P01': () => `The database refused the password. ${DATABASE}`,
  '28000': () => `The database refused the user. ${DATABASE}`,
  '3D000': () => `There is no such database; create it first. ${DATABASE}`,
  EADDRINUSE: ({ port }) => `Port ${port ?? ''} is taken. Stop what listens there, or choose another with PORT.`,
  EEXIST: () => NO_FOLDER,
  ENOTDIR: () => NO_FOLDER,
  EROFS: () => 'The data folder may not be written to. Look at OPSGRAPH_DATA.',
  ENOSPC: () => 'The disk is full. Make room, or choose another data folder with OPSGRAPH_DATA.',
  EACCES: () => 'A file or port may not be used by this user. Look at OPSGRAPH_DATA and PORT.',
}

function coded(error: unknown): Coded | undefined {
  const { code, errors, cause } = error as Coded
  if (typeof code === 'string' && code in REMEDIES) return error as Coded
  for (const inner of [...(errors ?? []), ...(cause ? [cause] : [])]) {
    const found = coded(inner)
    if (found) return found
  }
  return undefined
}

/** What went wrong, in sentences that say what to do about it. */
export function sentencesOf(error: unknown): string[] {
  if (error instanceof ConfigurationError) return error.sentences
  if (error instanceof AppError) return [error.message]
  const known = coded(error)
  if (known) return [REMEDIES[known.code!]!(known)]
  return [error instanceof Error ? error.message.trim() : String(error)]
}
