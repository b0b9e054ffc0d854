import type { App } from '../../src/app.ts'
import { systemContext } from '../../src/context.ts'
import type { Context } from '../../src/core/context.ts'
import { createGroup } from '../../src/platform/groups/verbs.ts'
import { createProject } from '../../src/platform/projects/verbs.ts'
import { makeOwnTables } from './own-tables.ts'

export type BackedUp = { ctx: Context; projectId: number; groupId: number }

const NAMES = { shelf: 'Shelves', box: 'Boxes', 'Odd "name"': 'Odd' } as const

/** A project with a group, and three tables with rows in it; once for each organization. */
export async function projectWithTables(app: App, organizationId: number, name = 'Warehouse'): Promise<BackedUp> {
  const ctx = systemContext(app, organizationId, 'backed-up')
  const { id: projectId } = await createProject(ctx, { name, description: 'Where things are.' })
  const { id: groupId } = await createGroup(ctx, { name: 'Stock', projectId })
  await makeOwnTables(app, organizationId)
  for (const [physicalName, called] of Object.entries(NAMES))
    await ctx.db.managedTable.create({ data: { organizationId, groupId, name: called, physicalName } })
  return { ctx, projectId, groupId }
}
