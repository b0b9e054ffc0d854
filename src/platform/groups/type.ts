import { builder } from '../../core/builder.ts'

export const Group = builder.prismaObject('Group', {
  description: 'A part of a project.',
  authScopes: { can: 'projects:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    projectId: t.exposeID('projectId'),
    project: t.relation('project'),
    slug: t.exposeString('slug', { description: 'Lower-case name in addresses, unique in the project.' }),
    name: t.exposeString('name'),
    description: t.exposeString('description'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})
