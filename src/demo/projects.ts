import type { Rows } from './batch.ts'
import type { Calendar } from './calendar.ts'

const PROJECTS = [
  ['Omni Suite', 'omni-suite', 'The product, as customers see it.', -320, ['Production', 'Staging', 'Reporting']],
  ['Customer Portal', 'customer-portal', 'Where customers look after themselves.', -120, ['Production', 'Staging']],
  ['Internal Tools', 'internal-tools', 'What the company runs for itself.', -210, ['Finance', 'Automation']],
  ['Legacy Website', 'legacy-website', 'Replaced by the portal; kept for its forms.', -390, ['Forms']],
] as const

const ARCHIVED = 'legacy-website'

export function addProjects(rows: Rows, { at }: Calendar): void {
  for (const [name, slug, description, day, groups] of PROJECTS) {
    const archivedAt = slug === ARCHIVED ? at(-30, '17:00') : null
    const createdAt = at(day, '09:30')
    const updatedAt = archivedAt ?? createdAt
    const projectId = rows.add('Project', { name, slug, description, archivedAt, createdAt, updatedAt })
    for (const group of groups)
      rows.add('Group', { projectId, name: group, slug: group.toLowerCase(), createdAt, updatedAt: createdAt })
  }
}
