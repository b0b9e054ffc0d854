import { builder } from '../../core/builder.ts'
import { relatedList } from '../../core/list/connection.ts'
import { defineList } from '../../core/list/declare.ts'
import { Groups } from '../groups/list.ts'

export const Project = builder.prismaObject('Project', {
  description: 'What groups belong to.',
  authScopes: { can: 'projects:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    slug: t.exposeString('slug', { description: 'Lower-case name in addresses, unique in the organization.' }),
    name: t.exposeString('name'),
    description: t.exposeString('description'),
    archivedAt: t.expose('archivedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is put away: an archived project takes no more groups.',
    }),
    groups: relatedList(t, Groups, 'groups'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const Projects = defineList({
  model: 'Project',
  filter: {
    slug: 'String',
    name: 'String',
    archived: {
      type: 'Boolean',
      path: ['archivedAt'],
      when: () => ({ true: { archivedAt: { not: null } }, false: { archivedAt: { equals: null } } }),
    },
    archivedAt: 'DateTime',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['name', 'slug', 'description'],
  order: ['id', 'name', 'slug', 'archivedAt', 'createdAt', 'updatedAt'],
  defaultOrder: 'name',
})
