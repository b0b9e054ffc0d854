import type { Checked, Checker } from '../../src/core/context.ts'

/** Finds everything answering, and calls nobody. */
export const CALM: Checked = {
  ...{ status: 'up', via: 'http', statusCode: 200, responseTimeMs: 42, error: null },
  ...{ sslExpiresAt: null, domainExpiresAt: null },
}

export const calmChecker: Checker = { check: async () => CALM }
