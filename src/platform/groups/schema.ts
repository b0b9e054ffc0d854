import { builder, type InputFields } from '../../core/builder.ts'
import { listField } from '../../core/list/connection.ts'
import { rowField } from '../../core/row-field.ts'
import { rowMutations } from '../../core/row-mutations.ts'
import { Groups } from './list.ts'
import { Group } from './type.ts'
import { createGroup, deleteGroup, updateGroup } from './verbs.ts'

const VIEW = 'id projectId slug name description createdAt updatedAt'
const at = { dialect: 'baserdb', view: VIEW } as const

builder.queryFields((t) => ({
  groups: listField(t, Groups, {
    description: 'Groups of all projects, by name.',
    rest: {
      ...at,
      route: 'GET /api/v1/groups',
      list: { params: { project_id: 'projectId.eq', slug: 'slug.eq' } },
    },
    authScopes: { can: 'projects:read' },
  }),
  group: rowField(t, Group, 'group', {
    description: 'One group. NOT_FOUND where there is none.',
    rest: { ...at, route: 'GET /api/v1/groups/:id' },
    authScopes: { can: 'projects:read' },
  }),
}))

const fieldsOf = (t: InputFields) => ({
  projectId: t.id({ description: 'May be left out of a new group where there is one project that is not archived.' }),
  slug: t.string({ description: 'Lower-case letters, digits and hyphens; made of the name where it is left out.' }),
  description: t.string(),
})

rowMutations(Group, {
  can: 'projects:write',
  required: 'name',
  fields: fieldsOf,
  create: {
    verb: createGroup,
    rest: { ...at, route: 'POST /api/v1/groups', status: 201, body: 'input' },
    description: 'Sets up a group in a project. CONFLICT where its slug is taken there, or the project is archived.',
  },
  update: {
    verb: updateGroup,
    rest: { ...at, route: 'PATCH /api/v1/groups/:id', body: 'input' },
    partial: 'What is left out stays.',
    description: 'Changes a group, or moves it to another project. NOT_FOUND where there is none.',
  },
  delete: {
    verb: deleteGroup,
    rest: { ...at, route: 'DELETE /api/v1/groups/:id' },
    description: 'Deletes a group and returns it as it was.',
  },
})
