import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT } from '../../root.ts'

const FOLDER = join(ROOT, 'bench/directus')
const HERE = join(FOLDER, 'node_modules/.directus')

/** What the package's own command runs, without its look for a newer version. */
export const commands = (): string =>
  createRequire(createRequire(join(FOLDER, 'package.json')).resolve('directus/package.json')).resolve(
    '@directus/api/cli/run.js',
  )

export const commandsUrl = (): string => pathToFileURL(commands()).href

/** Beside the benchmark's database, since only a key of one column is a key to Directus. */
export function copiesOf(url: string): string {
  const copies = new URL(url)
  copies.pathname += '_directus'
  return copies.href
}

/** Everything it does for a request of ours is on, its bucket too large to empty; it keeps no answers and tells nobody. */
export const settings = (url: string, port = 0): Record<string, string> => ({
  ...{ HOST: '127.0.0.1', PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}` },
  ...{ DB_CLIENT: 'pg', DB_CONNECTION_STRING: copiesOf(url), DB_POOL__MIN: '2', DB_POOL__MAX: '10' },
  ...{ RATE_LIMITER_ENABLED: 'true', RATE_LIMITER_STORE: 'memory' },
  ...{ RATE_LIMITER_POINTS: '1000000000', RATE_LIMITER_DURATION: '1' },
  ...{ CACHE_ENABLED: 'false', CACHE_SCHEMA_FREEZE_ENABLED: 'true', PRESSURE_LIMITER_ENABLED: 'false' },
  ...{ TELEMETRY: 'false', WEBSOCKETS_ENABLED: 'false' },
  ...{ SERVE_APP: 'false', ROOT_REDIRECT: 'false', LOG_LEVEL: 'error', SECRET: randomBytes(32).toString('hex') },
  ...{ CONFIG_PATH: join(HERE, 'none'), TEMP_PATH: HERE, EXTENSIONS_PATH: join(HERE, 'extensions') },
  STORAGE_LOCAL_ROOT: join(HERE, 'uploads'),
})
