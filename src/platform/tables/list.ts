import { defineList } from '../../core/list/declare.ts'

export const Tables = defineList({
  model: 'ManagedTable',
  filter: { groupId: 'ID', name: 'String', managed: 'Boolean', createdAt: 'DateTime', updatedAt: 'DateTime' },
  search: ['name'],
  order: ['id', 'name', 'createdAt', 'updatedAt'],
  defaultOrder: 'name',
})
