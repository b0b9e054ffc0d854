import type { Rows } from './batch.ts'
import type { Calendar } from './calendar.ts'

const OWNER = 'james@jamesbratton.me'

/** Together 487.50 a month. GitHub is the seventh, as the document numbers it. */
const TOOLS = [
  ['1Password', 'security', '39.95', 'https://1password.com', '1Password vault "Company"'],
  ['Cloudflare', 'infrastructure', '25.00', 'https://dash.cloudflare.com', 'Vault entry #5'],
  ['DigitalOcean', 'infrastructure', '144.00', 'https://cloud.digitalocean.com', 'Vault entry #1'],
  ['Figma', 'design', '15.00', 'https://www.figma.com', null],
  ['Google Workspace', 'productivity', '43.20', 'https://admin.google.com', 'Vault entry #2'],
  ['Hostinger', 'infrastructure', '19.99', 'https://hpanel.hostinger.com', 'Vault entry #6'],
  ['GitHub', 'development', '21.00', 'https://github.com', 'Vault entry #3'],
  ['Linear', 'development', '16.00', 'https://linear.app', null],
  ['Sentry', 'monitoring', '26.00', 'https://sentry.io', 'Vault entry #8'],
  ['Slack', 'communication', '17.50', 'https://slack.com', null],
  ['Zoom', 'communication', '13.33', 'https://zoom.us', null],
  ['Notion', 'productivity', '10.00', 'https://www.notion.so', null],
  ['Postmark', 'communication', '15.00', 'https://postmarkapp.com', 'Vault entry #9'],
  ['Stripe', 'finance', '0.00', 'https://dashboard.stripe.com', 'Vault entry #4'],
  ['Twilio', 'communication', '8.25', 'https://console.twilio.com', 'Vault entry #10'],
  ['UptimeRobot', 'monitoring', '7.00', 'https://uptimerobot.com', null],
  ['Grafana Cloud', 'monitoring', '0.00', 'https://grafana.com', 'Vault entry #11'],
  ['Tailscale', 'security', '18.00', 'https://login.tailscale.com', null],
  ['Backblaze', 'infrastructure', '6.00', 'https://secure.backblaze.com', 'Vault entry #12'],
  ['Calendly', 'productivity', '10.00', 'https://calendly.com', null],
  ['DocuSign', 'finance', '10.00', 'https://account.docusign.com', null],
  ['Canva', 'design', '12.99', 'https://www.canva.com', null],
  ['QuickBooks', 'finance', '9.29', 'https://quickbooks.intuit.com', 'Vault entry #7'],
] as const

export function addTools(rows: Rows, { at }: Calendar): void {
  const times = { createdAt: at(-200, '09:00'), updatedAt: at(-40, '09:00') }
  for (const [name, category, monthlyCost, url, credentialsHint] of TOOLS)
    rows.add('Tool', { name, category, monthlyCost, url, credentialsHint, owner: OWNER, ...times })
}
