import { expect, it } from 'vitest'
import { MASTER_KEY } from '../kit/app.ts'
import { command, type Variables } from './launch.ts'

const NOWHERE = 'postgresql://nobody@127.0.0.1:1/nothing'

const MISTAKES: { mistake: string; variables: Variables; sentences: string[] }[] = [
  {
    mistake: 'several wrong variables',
    variables: {
      ...{ PORT: '70000', DATABASE_URL: 'mysql://x', REDIS_URL: 'http://x', OPSGRAPH_MASTER_KEY: 'short' },
      ...{ OPSGRAPH_CLOCK: 'noon', LOG_LEVEL: 'loud' },
    },
    sentences: [
      'opsgraph: PORT must be 0 to 65535.',
      'opsgraph: DATABASE_URL must be an address like postgresql://user@host:5432/opsgraph.',
      'opsgraph: REDIS_URL must be an address like redis://127.0.0.1:6379.',
      'opsgraph: OPSGRAPH_MASTER_KEY must be 32 bytes in base64; make one with: openssl rand -base64 32',
      'opsgraph: OPSGRAPH_CLOCK must be a time in ISO 8601 like 2026-05-23T11:42:00Z.',
      'opsgraph: LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent.',
    ],
  },
  {
    mistake: 'a database without a master key',
    variables: { DATABASE_URL: NOWHERE },
    sentences: [
      'opsgraph: OPSGRAPH_MASTER_KEY must be set when DATABASE_URL is; make one with: openssl rand -base64 32',
    ],
  },
  {
    mistake: 'a fixed clock in production',
    variables: { NODE_ENV: 'production', OPSGRAPH_CLOCK: '2026-05-23T11:42:00Z' },
    sentences: ['opsgraph: OPSGRAPH_CLOCK is for development only; unset it, or NODE_ENV=production.'],
  },
  {
    mistake: 'a database that does not answer',
    variables: { DATABASE_URL: NOWHERE, OPSGRAPH_MASTER_KEY: MASTER_KEY },
    sentences: ['opsgraph: The database does not answer. Start it, or correct its address. Look at DATABASE_URL.'],
  },
  {
    mistake: 'a data folder that is a file',
    variables: { OPSGRAPH_DATA: import.meta.filename },
    sentences: [expect.stringMatching(/^opsgraph: [A-Z].*OPSGRAPH_DATA.*\.$/)],
  },
]

it.concurrent.each(MISTAKES)('$mistake: a sentence each, and exit code 1', async ({ variables, sentences }) => {
  const { code, out, err } = await command(['serve'], variables)
  expect([code, out, err.trim().split('\n')]).toEqual([1, '', sentences])
})
