import type { DemoProject } from './backups.ts'
import type { Rows } from './batch.ts'
import type { Calendar } from './calendar.ts'

const PROJECTS = [
  ['Omni Suite', 'omni-suite', 'The product, as customers see it.', -320, ['Production', 'Staging', 'Reporting']],
  ['Customer Portal', 'customer-portal', 'Where customers look after themselves.', -120, ['Production', 'Staging']],
  ['Internal Tools', 'internal-tools', 'What the company runs for itself.', -210, ['Finance', 'Automation']],
  ['Legacy Website', 'legacy-website', 'Replaced by the portal; kept for its forms.', -390, ['Forms']],
] as const

const ARCHIVED = 'legacy-website'

export function addProjects(rows: Rows, { at }: Calendar): DemoProject[] {
  const projects: DemoProject[] = []
  for (const [name, slug, description, day, groups] of PROJECTS) {
    const archivedAt = slug === ARCHIVED ? at(-30, '17:00') : null
    const createdAt = at(day, '09:30')
    const updatedAt = archivedAt ?? createdAt
    const projectId = rows.add('Project', { name, slug, description, archivedAt, createdAt, updatedAt })
    const made = groups.map((group) => {
      const own = { name: group, slug: group.toLowerCase() }
      return { ...own, description: '', id: rows.add('Group', { projectId, ...own, createdAt, updatedAt: createdAt }) }
    })
    projects.push({ id: projectId, slug, name, description, groups: made })
  }
  return projects
}
