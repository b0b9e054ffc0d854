import type { Storage } from '../core/storage.ts'
import type { Calendar } from './calendar.ts'
import { addDocuments, csv, markdown, pdf } from './documents.ts'
import type { Staffed } from './people.ts'

const WIKI = [
  [
    'Deploying OmniForgeHQ',
    ['deploy', 'omniforge'],
    '# Deploying\n\n1. Merge to `main`.\n2. The runner builds the image.\n3. `omni-suite` pulls it within two minutes.\n\nRoll back with `deploy rollback <release>`.',
  ],
  [
    'On-call rota',
    ['on-call'],
    '# Who to call\n\n| Week | First | Second |\n|---|---|---|\n| odd | Priya | Tomas |\n| even | Tomas | Sam |',
  ],
  [
    'SOC 2: change management',
    ['soc2', 'compliance'],
    '# CC8.1\n\nEvery default branch is protected, every change is reviewed by a second person. Open findings are listed under Security.',
  ],
  [
    'Backups',
    ['backup'],
    '# Backups\n\nNightly to `omni-backups`, kept for 35 days, restored into a scratch database every Monday.',
  ],
  [
    'New laptop checklist',
    ['onboarding', 'assets'],
    '# New laptop\n\n- Disk encryption on\n- Label and record the asset\n- Tailscale and 1Password installed',
  ],
  [
    'Network of the Plainfield office',
    ['network'],
    '# Network\n\nVLAN 10 staff, VLAN 20 phones, VLAN 30 guests. The core switch is in rack A.',
  ],
] as const

const NOTES = [
  ['Call with Harbor Freight Lines', ['crm'], 'They want the portal before the audit. Send a proposal next week.'],
  ['Droplet prices', ['cost'], 'Three droplets at 48.00 each. Resizing staging would save 24.00 a month.'],
  ['Branch protection', ['soc2'], 'Turn it on for all repositories at once with the organization ruleset.'],
  ['Questions for the accountant', ['finance'], '- Depreciation of the vans\n- Sales tax for hosting'],
] as const

const filesOf = (at: Calendar['at']) => [
  pdf('Master services agreement.pdf', at(-180, '11:20'), [
    'Master services agreement',
    '',
    'between OmniForge and the client.',
  ]),
  pdf('SOC 2 readiness report.pdf', at(-45, '09:10'), [
    'SOC 2 readiness report',
    '',
    'CC6.1 access: met',
    'CC7.1 vulnerabilities: met',
    'CC8.1 changes: 27 findings open',
  ]),
  markdown('Incident review.md', at(-20, '17:45'), [
    '# Incident review',
    '',
    'Certificates expired on the staging portal for 40 minutes.',
  ]),
  csv('Asset inventory.csv', at(-9, '08:15'), [
    'name,type,location',
    'core-switch,switch,Rack A',
    'front-desk,laptop,Office',
  ]),
]

export async function addKnowledge({ rows, ids }: Staffed, storage: Storage, { at }: Calendar): Promise<void> {
  const authors = [ids.owner, ids.admin, ids.editor]
  const note = (kind: 'wiki' | 'user') => (entry: (typeof WIKI)[number] | (typeof NOTES)[number], i: number) => {
    const [title, tags, body] = entry
    const times = { createdAt: at(-150 + i * 11, '10:00'), updatedAt: at(-14 + i * 2, '15:30') }
    rows.add('Note', { kind, title, body, tags: [...tags], authorId: authors[i % authors.length]!, ...times })
  }
  WIKI.forEach(note('wiki'))
  NOTES.forEach(note('user'))
  await addDocuments(rows, storage, filesOf(at), ids.admin)
}
