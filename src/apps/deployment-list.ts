import { defineList } from '../core/list/declare.ts'

export const Deployments = defineList({
  model: 'Deployment',
  filter: {
    appName: 'String',
    appId: 'ID',
    dropletId: 'ID',
    url: 'String',
    githubRepo: 'String',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['appName', 'url', 'githubRepo', 'notes'],
  order: ['id', 'appName', 'url', 'githubRepo', 'createdAt', 'updatedAt'],
  defaultOrder: 'appName',
})
