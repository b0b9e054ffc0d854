import { z } from 'zod'
import { builder, type InputFields } from '../core/builder.ts'
import { type Context, row } from '../core/context.ts'
import { enumOf } from '../core/enums.ts'
import { listField, relatedList } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { rowField } from '../core/row-field.ts'
import * as rules from '../core/rules.ts'
import { type Input, validated } from '../core/validate.ts'
import { changeRow, deleteRow, insertRow } from '../core/write.ts'
import { AppVisibility as VISIBILITIES } from '../db/generated/enums.ts'
import { Monitors } from '../monitoring/monitors/list.ts'
import { Findings } from '../security/finding-list.ts'
import { Deployments } from './deployment-list.ts'
import { repository } from './repository.ts'

export const AppVisibility = enumOf('AppVisibility', VISIBILITIES, "Who may see an app's repository.")

export const App = builder.prismaObject('App', {
  description: 'An application, known by its repository.',
  authScopes: { can: 'apps:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    slug: t.exposeString('slug', { description: '"owner/name" of the repository, unique.' }),
    name: t.exposeString('name'),
    language: t.exposeString('language', { nullable: true, description: 'The language most of it is written in.' }),
    pushedAt: t.expose('pushedAt', { type: 'DateTime', nullable: true, description: 'The last push.' }),
    url: t.exposeString('url', { description: 'Of the repository.' }),
    defaultBranch: t.exposeString('defaultBranch'),
    archived: t.exposeBoolean('archived'),
    visibility: t.expose('visibility', { type: AppVisibility }),
    deployments: relatedList(t, Deployments, 'deployments', { description: 'Where it runs.' }),
    findings: relatedList(t, Findings, 'findings', {
      description: 'Weaknesses found in its repository.',
      authScopes: { can: 'findings:read' },
    }),
    monitors: relatedList(t, Monitors, 'monitors', {
      description: 'What watches that it runs.',
      authScopes: { can: 'monitors:read' },
    }),
    openFindingCount: t.int({
      description: 'How many findings are open.',
      authScopes: { can: 'findings:read' },
      complexity: 5,
      read: { count: 'findings', where: { state: 'open' } },
      select: { _count: { select: { findings: { where: { state: 'open' } } } } },
      resolve: ({ _count }) => _count.findings,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const Apps = defineList({
  model: 'App',
  filter: {
    slug: 'String',
    name: 'String',
    language: 'String',
    defaultBranch: 'String',
    archived: 'Boolean',
    visibility: AppVisibility,
    pushedAt: 'DateTime',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['slug', 'name', 'language'],
  order: ['id', 'slug', 'name', 'language', 'pushedAt', 'createdAt', 'updatedAt'],
  defaultOrder: '-pushedAt',
})

builder.queryFields((t) => ({
  apps: listField(t, Apps, {
    description: 'Apps, the one pushed to last first.',
    rest: false,
    authScopes: { can: 'apps:read' },
  }),
  app: rowField(t, App, 'app', {
    description: 'One app. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'apps:read' },
  }),
}))

const fields = {
  name: rules.name.optional(),
  language: rules.name.nullish(),
  pushedAt: z.date().nullish(),
  defaultBranch: rules.name.optional(),
  archived: z.boolean().optional(),
  visibility: z.enum(VISIBILITIES).optional(),
}
const creation = z.object({ slug: repository, url: rules.url, ...fields })
const change = z.object({ slug: repository.optional(), url: rules.url.optional(), ...fields })

const APP = { name: 'app' } as const

export const createApp = (ctx: Context, input: Input) => {
  const given = validated(creation, input)
  const name = given.name ?? given.slug.split('/')[1]!
  const data = { ...given, name, organizationId: ctx.organizationId }
  return insertRow(ctx, APP, 'App', data)
}

export const updateApp = (ctx: Context, id: number, input: Input) => {
  const data = validated(change, input)
  return changeRow(ctx, APP, 'App', { id, ...data })
}

export const deleteApp = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, APP, {
    read: (tx) => tx.app.findUnique({ ...query, where }),
    remove: (tx) => tx.app.delete({ where }),
  })
}

const fieldsOf = (t: InputFields) => ({
  name: t.string({ description: "The repository's name unless given." }),
  language: t.string({ description: 'The language most of it is written in.' }),
  pushedAt: t.field({ type: 'DateTime', description: 'The last push.' }),
  defaultBranch: t.string({ description: 'main unless given.' }),
  archived: t.boolean({ description: 'False unless given.' }),
  visibility: t.field({ type: AppVisibility, description: 'PRIVATE unless given.' }),
})

const CreateAppInput = builder.inputType('CreateAppInput', {
  fields: (t) => ({
    slug: t.string({ required: true, description: '"owner/name" of the repository, unique.' }),
    url: t.string({ required: true, description: 'Of the repository.' }),
    ...fieldsOf(t),
  }),
})
const UpdateAppInput = builder.inputType('UpdateAppInput', {
  description: 'What is left out stays; null clears a field.',
  fields: (t) => ({ slug: t.string(), url: t.string(), ...fieldsOf(t) }),
})

builder.mutationFields((t) => ({
  createApp: t.field({
    type: App,
    description: 'Adds an app to the catalog. CONFLICT where its repository is there already.',
    rest: false,
    authScopes: { can: 'apps:write' },
    args: { input: t.arg({ type: CreateAppInput, required: true }) },
    resolve: (_root, { input }, ctx) => createApp(ctx, input),
  }),
  updateApp: t.field({
    type: App,
    description: 'Changes an app. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'apps:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateAppInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateApp(ctx, id, input),
  }),
  deleteApp: t.prismaField({
    type: App,
    description:
      'Deletes an app and returns it as it was. CONFLICT while deployments, findings or monitors refer to it.',
    rest: false,
    authScopes: { can: 'apps:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteApp(ctx, id, query),
  }),
}))
