import { builder } from '../core/builder.ts'
import { App } from './apps.ts'
import { Deployment } from './deployments.ts'

const MOST = 1000

const AppCatalog = builder.objectRef<object>('AppCatalog').implement({
  description: 'Every app that is known, and where they run.',
  fields: (t) => ({
    count: t.int({
      description: 'How many apps are in this answer.',
      complexity: 5,
      resolve: (_parent, _args, { db, organizationId }) => db.app.count({ where: { organizationId }, take: MOST }),
    }),
    apps: t.prismaField({
      type: [App],
      description: `The one pushed to last first, at most ${MOST}.`,
      resolve: (query, _parent, _args, { db, organizationId }) =>
        db.app.findMany({
          ...query,
          where: { organizationId },
          orderBy: [{ pushedAt: { sort: 'desc', nulls: 'last' } }, { id: 'desc' }],
          take: MOST,
        }),
    }),
    deployments: t.prismaField({
      type: [Deployment],
      description: `By the name of the app, at most ${MOST}.`,
      resolve: (query, _parent, _args, { db, organizationId }) =>
        db.deployment.findMany({
          ...query,
          where: { organizationId },
          orderBy: [{ appName: 'asc' }, { id: 'asc' }],
          take: MOST,
        }),
    }),
  }),
})

builder.queryFields((t) => ({
  appCatalog: t.field({
    type: AppCatalog,
    description: 'All known apps: repositories, and the deployments that people recorded.',
    rest: {
      dialect: 'dashboard',
      route: 'GET /api/v1/apps',
      view: `count
        apps { slug name language pushedAt url }
        deployments { appName dropletId: dropletProviderId dropletName url githubRepo notes }`,
    },
    authScopes: { can: 'apps:read' },
    resolve: () => ({}),
  }),
}))
