import { z } from 'zod'
import { builder, type InputFields } from '../core/builder.ts'
import { type Context, row } from '../core/context.ts'
import { listField } from '../core/list/connection.ts'
import { rowField } from '../core/row-field.ts'
import * as rules from '../core/rules.ts'
import { type Input, validated } from '../core/validate.ts'
import { changeRow, deleteRow, insertRow } from '../core/write.ts'
import { Deployments } from './deployment-list.ts'
import { repository } from './repository.ts'

export const Deployment = builder.prismaObject('Deployment', {
  description: 'An app running on a droplet, as recorded by people.',
  authScopes: { can: 'apps:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    appName: t.exposeString('appName'),
    appId: t.exposeID('appId', { nullable: true }),
    app: t.relation('app', { nullable: true }),
    dropletId: t.exposeID('dropletId', { nullable: true }),
    droplet: t.relation('droplet', { nullable: true }),
    dropletProviderId: t.id({
      nullable: true,
      description: "DigitalOcean's own number of the droplet.",
      read: { path: ['droplet', 'providerId'] },
      select: { droplet: { select: { providerId: true } } },
      resolve: ({ droplet }) => droplet?.providerId ?? null,
    }),
    dropletName: t.string({
      nullable: true,
      read: { path: ['droplet', 'name'] },
      select: { droplet: { select: { name: true } } },
      resolve: ({ droplet }) => droplet?.name ?? null,
    }),
    url: t.exposeString('url', { nullable: true, description: 'Where it answers.' }),
    githubRepo: t.exposeString('githubRepo', { nullable: true, description: '"owner/name".' }),
    notes: t.exposeString('notes', { nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

builder.queryFields((t) => ({
  deployments: listField(t, Deployments, {
    description: 'Deployments, by the name of the app.',
    rest: false,
    authScopes: { can: 'apps:read' },
  }),
  deployment: rowField(t, Deployment, 'deployment', {
    description: 'One deployment. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'apps:read' },
  }),
}))

const fields = {
  appId: z.int().nullish(),
  dropletId: z.int().nullish(),
  url: rules.url.nullish(),
  githubRepo: repository.nullish(),
  notes: rules.text.nullish(),
}
const creation = z.object({ appName: rules.name, ...fields })
const change = z.object({ appName: rules.name.optional(), ...fields })

const DEPLOYMENT = { name: 'deployment' } as const

export const createDeployment = (ctx: Context, input: Input) => {
  const data = { ...validated(creation, input), organizationId: ctx.organizationId }
  return insertRow(ctx, DEPLOYMENT, 'Deployment', data)
}

export const updateDeployment = (ctx: Context, id: number, input: Input) => {
  const data = validated(change, input)
  return changeRow(ctx, DEPLOYMENT, 'Deployment', { id, ...data })
}

export const deleteDeployment = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, DEPLOYMENT, {
    read: (tx) => tx.deployment.findUnique({ ...query, where }),
    remove: (tx) => tx.deployment.delete({ where }),
  })
}

const fieldsOf = (t: InputFields) => ({
  appId: t.id({ description: 'The app in the catalog, where it is there.' }),
  dropletId: t.id({ description: 'The `id` of the droplet it runs on.' }),
  url: t.string({ description: 'Where it answers.' }),
  githubRepo: t.string({ description: '"owner/name".' }),
  notes: t.string(),
})

const CreateDeploymentInput = builder.inputType('CreateDeploymentInput', {
  fields: (t) => ({ appName: t.string({ required: true }), ...fieldsOf(t) }),
})
const UpdateDeploymentInput = builder.inputType('UpdateDeploymentInput', {
  description: 'What is left out stays; null clears a field.',
  fields: (t) => ({ appName: t.string(), ...fieldsOf(t) }),
})

builder.mutationFields((t) => ({
  createDeployment: t.field({
    type: Deployment,
    description: 'Records that an app runs on a droplet.',
    rest: false,
    authScopes: { can: 'apps:write' },
    args: { input: t.arg({ type: CreateDeploymentInput, required: true }) },
    resolve: (_root, { input }, ctx) => createDeployment(ctx, input),
  }),
  updateDeployment: t.field({
    type: Deployment,
    description: 'Changes a deployment. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'apps:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateDeploymentInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateDeployment(ctx, id, input),
  }),
  deleteDeployment: t.prismaField({
    type: Deployment,
    description: 'Deletes the record of a deployment and returns it as it was.',
    rest: false,
    authScopes: { can: 'apps:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteDeployment(ctx, id, query),
  }),
}))
