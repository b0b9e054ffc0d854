import { queryFromInfo } from '@pothos/plugin-prisma'
import { builder, type InputFields } from '../../core/builder.ts'
import { enumOf } from '../../core/enums.ts'
import { listField } from '../../core/list/connection.ts'
import { rowField } from '../../core/row-field.ts'
import { Project, Projects } from './type.ts'
import { createProject, OUTCOMES, type Removal, removeProject, updateProject } from './verbs.ts'

const VIEW = 'id slug name description archivedAt createdAt updatedAt'

builder.queryFields((t) => ({
  projects: listField(t, Projects, {
    description: 'Projects by name, archived ones among them.',
    rest: {
      dialect: 'baserdb',
      route: 'GET /api/v1/projects',
      view: VIEW,
      list: { params: { slug: 'slug.eq', archived: 'archived.eq' } },
    },
    authScopes: { can: 'projects:read' },
  }),
  project: rowField(t, Project, 'project', {
    description: 'One project. NOT_FOUND where there is none.',
    rest: { dialect: 'baserdb', route: 'GET /api/v1/projects/:id', view: VIEW },
    authScopes: { can: 'projects:read' },
  }),
}))

const fieldsOf = (t: InputFields) => ({
  slug: t.string({ description: 'Lower-case letters, digits and hyphens.' }),
  description: t.string(),
})

const CreateProjectInput = builder.inputType('CreateProjectInput', {
  description: 'Without a slug, one is made of the name.',
  fields: (t) => ({ name: t.string({ required: true }), ...fieldsOf(t) }),
})
const UpdateProjectInput = builder.inputType('UpdateProjectInput', {
  description: 'What is left out stays.',
  fields: (t) => ({
    name: t.string(),
    ...fieldsOf(t),
    archived: t.boolean({ description: 'True puts it away, false takes it out again.' }),
  }),
})

const RemovalOutcome = enumOf(
  'ProjectRemovalOutcome',
  OUTCOMES,
  'DELETED: it is gone. ARCHIVED: groups belong to it, so it was put away instead.',
)

const ProjectRemoval = builder.objectRef<Removal>('ProjectRemoval').implement({
  description: 'What became of a project that was to be deleted.',
  fields: (t) => ({
    id: t.exposeID('id'),
    outcome: t.expose('outcome', { type: RemovalOutcome }),
    project: t.field({
      type: Project,
      description: 'As it was, or as it is archived.',
      resolve: ({ project }) => project,
    }),
  }),
})

builder.mutationFields((t) => ({
  createProject: t.field({
    type: Project,
    description: 'Sets up a project. CONFLICT where its slug is taken.',
    rest: { dialect: 'baserdb', route: 'POST /api/v1/projects', status: 201, body: 'input', view: VIEW },
    authScopes: { can: 'projects:write' },
    args: { input: t.arg({ type: CreateProjectInput, required: true }) },
    resolve: (_root, { input }, ctx) => createProject(ctx, input),
  }),
  updateProject: t.field({
    type: Project,
    description: 'Changes a project, archives it or takes it out again. NOT_FOUND where there is none.',
    rest: { dialect: 'baserdb', route: 'PATCH /api/v1/projects/:id', body: 'input', view: VIEW },
    authScopes: { can: 'projects:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateProjectInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateProject(ctx, id, input),
  }),
  deleteProject: t.field({
    type: ProjectRemoval,
    description: 'Deletes a project; one that groups belong to is archived instead, and the answer says which.',
    rest: { dialect: 'baserdb', route: 'DELETE /api/v1/projects/:id', view: `outcome project { ${VIEW} }` },
    authScopes: { can: 'projects:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context, info) =>
      removeProject(context, id, queryFromInfo({ context, info, path: ['project'] })),
  }),
}))
