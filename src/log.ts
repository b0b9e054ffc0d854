import { pino } from 'pino'

export type Log = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** What an error may say in a log: its kind and words, never its values. */
const told = (error: unknown) =>
  error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : { message: String(error) }

/** One JSON line per happening. Lines are built from named fields only, so a secret has no way in. */
export const createLog = (level: string): Log =>
  pino({
    level,
    base: undefined,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { error: told },
    redact: ['authorization', 'headers.authorization', 'token', 'secret', 'password'],
  })
