import type { Rows } from './batch.ts'
import type { Calendar } from './calendar.ts'

const PROJECTS = [
  ['Omni Suite', 'omni-suite', 'The product, as customers see it.', -320, ['Production', 'Staging', 'Reporting']],
  ['Customer Portal', 'customer-portal', 'Where customers look after themselves.', -120, ['Production', 'Staging']],
  ['Internal Tools', 'internal-tools', 'What the company runs for itself.', -210, ['Finance', 'Automation']],
  ['Legacy Website', 'legacy-website', 'Replaced by the portal; kept for its forms.', -390, ['Forms']],
] as const

const ARCHIVED = 'legacy-website'

/** The groups by the slugs of their project and their own: `omni-suite/production`. */
export function addProjects(rows: Rows, { at }: Calendar): Map<string, number> {
  const made = new Map<string, number>()
  for (const [name, slug, description, day, groups] of PROJECTS) {
    const archivedAt = slug === ARCHIVED ? at(-30, '17:00') : null
    const createdAt = at(day, '09:30')
    const updatedAt = archivedAt ?? createdAt
    const projectId = rows.add('Project', { name, slug, description, archivedAt, createdAt, updatedAt })
    for (const group of groups) {
      const named = { name: group, slug: group.toLowerCase() }
      made.set(`${slug}/${named.slug}`, rows.add('Group', { projectId, ...named, createdAt, updatedAt: createdAt }))
    }
  }
  return made
}
