import { defineList } from '../../core/list/declare.ts'

export const Groups = defineList({
  model: 'Group',
  filter: { projectId: 'ID', slug: 'String', name: 'String', createdAt: 'DateTime', updatedAt: 'DateTime' },
  search: ['name', 'slug', 'description'],
  order: ['id', 'name', 'slug', 'createdAt', 'updatedAt'],
  defaultOrder: 'name',
})
