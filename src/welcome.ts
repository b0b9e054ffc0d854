import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from './app.ts'
import { writeDemoFile } from './demo/demo-file.ts'
import type { Demo } from './demo/load.ts'

type Print = (line: string) => void

const isEmpty = async ({ query }: App): Promise<boolean> =>
  (await query('SELECT 1 FROM organization LIMIT 1', [])).length === 0

/** The first start of an embedded database has nothing to show: it gets the demonstration organizations. */
export async function demonstrateOnFirstRun(app: App, print: Print): Promise<Demo | undefined> {
  if (!app.embedded || !(await isEmpty(app))) return undefined
  print('loading the demonstration organizations')
  const { loadDemo } = await import('./demo/load.ts')
  return loadDemo(app)
}

async function demoOf({ dataDir }: App['config']): Promise<Demo | undefined> {
  const text = await readFile(join(dataDir, 'demo.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as Demo)
}

/** Somebody who belongs to one organization, so that none has to be chosen. */
const SHOWN = 'admin'

const FAMILIES = ['dashboard', 'devsphere', 'clientst0r'] as const

function tokensOf({ organizations }: Demo): Partial<Record<(typeof FAMILIES)[number], string>> {
  const keys = organizations[0]?.keys ?? []
  return Object.fromEntries(FAMILIES.map((family) => [family, keys.find((key) => key.family === family)?.token]))
}

const curl = (token: string | undefined, rest: string): string => `  curl -H "Authorization: Bearer ${token}" ${rest}`

const nextStep = async (app: App): Promise<string> =>
  (await isEmpty(app))
    ? 'Create an organization and its first key with: npm run opsgraph -- init --help'
    : 'Create a key with: npm run opsgraph -- keys create --help'

/** What a stranger can try in the first minute. */
export async function welcome(app: App, url: string, print: Print, fresh?: Demo): Promise<void> {
  if (fresh) await writeDemoFile(app.config.dataDir, url, fresh)
  const demo = fresh ?? (app.embedded ? await demoOf(app.config) : undefined)
  print(
    `\nOpsgraph is ready.\n\n  GraphiQL       ${url}/graphql\n  API reference  ${url}/reference\n  REST as pages  ${url}/api/\n  Health         ${url}/api/healthz`,
  )
  if (!demo) return print(`\n${await nextStep(app)}\n`)
  const tokens = tokensOf(demo)
  print('\nKeys of the demonstration organization (all of them in demo.json in the data folder):\n')
  for (const family of FAMILIES) print(`  ${family.padEnd(13)}  ${tokens[family]}`)
  const person = demo.organizations[0]?.users.find(({ role }) => role === SHOWN)
  if (person)
    print(`\nWho signs in, to the pages or at POST /api/v1/auth/login: ${person.email} with ${person.password}`)
  print('\nTry:\n')
  print(curl(tokens.dashboard, `${url}/api/v1/droplets`))
  print(curl(tokens.devsphere, `"${url}/api/v1/leads?limit=3"`))
  print(
    curl(
      tokens.dashboard,
      `-H "Content-Type: application/json" -d '{"query":"{ apps(first: 3) { nodes { slug deployments { nodes { url droplet { name } } } } } }"}' ${url}/graphql`,
    ),
  )
  print('')
}
