import { builder, type InputFields } from '../core/builder.ts'
import { found } from '../core/found.ts'
import { listField } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { createOrganization, updateOrganization } from './organization-verbs.ts'

export const Organization = builder.prismaObject('Organization', {
  description: 'A company. Every other row belongs to exactly one.',
  authScopes: { can: 'organizations:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    slug: t.exposeString('slug', { description: 'Lower-case name in addresses, unique.' }),
    name: t.exposeString('name'),
    description: t.exposeString('description'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

export const Organizations = defineList({
  model: 'Organization',
  filter: { slug: 'String', name: 'String', createdAt: 'DateTime' },
  search: ['name', 'slug'],
  order: ['id', 'slug', 'name', 'description', 'createdAt'],
  defaultOrder: 'id',
})

const SLUG = 'Lower-case letters, digits and hyphens.'

const VIEW = 'id slug name description createdAt'
const CLIENTST0R_VIEW = 'id name slug description createdAt'

builder.queryFields((t) => ({
  organizations: listField(t, Organizations, {
    description:
      'The organizations that the caller can choose: all that its person belongs to, for a ClientSt0r key; its own, for others.',
    rest: [
      { dialect: 'baserdb', route: 'GET /api/v1/organizations', view: VIEW, list: { params: { slug: 'slug.eq' } } },
      { dialect: 'clientst0r', route: 'GET /api/organizations/', view: CLIENTST0R_VIEW, list: { params: {} } },
    ],
    authScopes: { can: 'organizations:read' },
    rows: ({ organizations }) => organizations(),
  }),
  organization: t.prismaField({
    type: Organization,
    nullable: true,
    description:
      'The organization that is asked (the chosen one, or the key’s own), or one of `organizations` by its id. NOT_FOUND for any other.',
    rest: [
      { dialect: 'baserdb', route: 'GET /api/v1/organizations/:id', view: VIEW },
      { dialect: 'clientst0r', route: 'GET /api/organizations/:id/', view: CLIENTST0R_VIEW },
    ],
    authScopes: { can: 'organizations:read' },
    args: { id: t.arg.id() },
    resolve: (query, _root, { id }, { organizations, organizationId }) =>
      found('organization', organizations().findFirst({ ...query, where: { id: id ?? organizationId } })),
  }),
}))

const fieldsOf = (t: InputFields) => ({ slug: t.string({ description: SLUG }), description: t.string() })

const CreateOrganizationInput = builder.inputType('CreateOrganizationInput', {
  description: 'Without a slug, one is made of the name.',
  fields: (t) => ({ name: t.string({ required: true }), ...fieldsOf(t) }),
})
const UpdateOrganizationInput = builder.inputType('UpdateOrganizationInput', {
  description: 'What is left out stays.',
  fields: (t) => ({ name: t.string(), ...fieldsOf(t) }),
})

builder.mutationFields((t) => ({
  createOrganization: t.field({
    type: Organization,
    description: 'Founds an organization, owned by the person behind the key. CONFLICT where its slug is taken.',
    rest: { dialect: 'baserdb', route: 'POST /api/v1/organizations', status: 201, body: 'input', view: VIEW },
    authScopes: { can: 'organizations:write' },
    args: { input: t.arg({ type: CreateOrganizationInput, required: true }) },
    resolve: (_root, { input }, ctx) => createOrganization(ctx, input),
  }),
  updateOrganization: t.field({
    type: Organization,
    description: 'Changes the organization that is asked. CONFLICT where its slug is taken; NOT_FOUND for any other.',
    rest: { dialect: 'baserdb', route: 'PATCH /api/v1/organizations/:id', body: 'input', view: VIEW },
    authScopes: { can: 'organizations:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateOrganizationInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateOrganization(ctx, id, input),
  }),
}))
