import type { Rows } from './batch.ts'
import type { Calendar } from './calendar.ts'
import type { Droplets } from './infrastructure.ts'

const OWNER = 'jbratton45'
/** Newest push first. */
const REPOSITORIES = [
  'omniforgehq:TypeScript',
  'salescrm:TypeScript',
  'plainfield-portal:TypeScript',
  'statusboard:Go',
  'vaultline:Rust',
  'ops-dashboard:TypeScript',
  'invoice-engine:Python',
  'lead-router:TypeScript',
  'soc2-platform:Python',
  'fleet-tracker:Kotlin',
  'device-agent:Go',
  'webhook-relay:Go',
  'payroll-export:Python',
  'asset-labels:Ruby',
  'terraform-modules:HCL',
  'ansible-roles:YAML',
  'marketing-site:Astro',
  'docs:MDX',
  'design-tokens:CSS',
  'mobile-field-app:Swift',
  'report-builder:Python',
  'mail-templates:HTML',
  'backup-scripts:Shell',
  'dns-tools:Go',
  'legacy-portal:PHP',
  'data-warehouse:SQL',
  'playground:JavaScript',
  'dotfiles:Shell',
]
const ARCHIVED = new Set(['legacy-portal', 'playground'])
const PUBLIC = new Set(['docs', 'design-tokens', 'dotfiles'])
/** The one repository whose default branch is protected. */
const PROTECTED = 'soc2-platform'

type App = { id: number; slug: string; name: string; url: string }

export function addApps(rows: Rows, { at }: Calendar): App[] {
  return REPOSITORIES.map((entry, i) => {
    const [name = '', language = null] = entry.split(':')
    const slug = `${OWNER}/${name}`
    const app = { slug, name, url: `https://github.com/${slug}` }
    const visibility = PUBLIC.has(name) ? ('public' as const) : ('private' as const)
    const pushedAt = i === 0 ? at(-1, '10:30') : at(-1 - Math.ceil(i * i * 0.4), i % 2 ? '16:05' : '09:48')
    const createdAt = at(-390 + i * 9, '12:00')
    const times = { pushedAt, createdAt, updatedAt: pushedAt }
    return { ...app, id: rows.add('App', { ...app, ...times, language, visibility, archived: ARCHIVED.has(name) }) }
  })
}

export function addDeployments(rows: Rows, apps: readonly App[], droplets: Droplets, { at }: Calendar): void {
  const deploy = (appName: string, repo: string, droplet: keyof Droplets, url: string, notes: string | null) => {
    const app = apps.find(({ name }) => name === repo)!
    const row = { appName, appId: app.id, dropletId: droplets[droplet], url, githubRepo: app.slug, notes }
    rows.add('Deployment', { ...row, createdAt: at(-120, '10:00'), updatedAt: at(-30, '10:00') })
  }
  deploy('OmniForgeHQ', 'omniforgehq', 'suite', 'https://omniforgehq.com', null)
  deploy(
    'Plainfield Portal',
    'plainfield-portal',
    'portal',
    'https://portal.example.com',
    'Staging until the audit is done.',
  )
  deploy('SalesCRM', 'salescrm', 'suite', 'https://crm.example.com', 'Shares the droplet with OmniForgeHQ.')
  deploy('Statusboard', 'statusboard', 'worker', 'https://status.example.com', null)
}

export function addFindings(rows: Rows, apps: readonly App[], { day, now }: Calendar): void {
  for (const { id, slug, name, url } of apps) {
    if (name === PROTECTED) continue
    rows.add('Finding', {
      ...{ appId: id, source: 'github-branch-protection', repo: slug, severity: 'high', category: 'branch_protection' },
      ...{ title: "Default branch 'main' has no protection rules", soc2Control: 'CC8.1' },
      ...{ firstSeenAt: now, lastSeenAt: now, dueAt: day(30), createdAt: now, updatedAt: now },
      ...{ fingerprint: `github-branch-protection:${slug}:main`, url: `${url}/settings/branches` },
    })
  }
}
