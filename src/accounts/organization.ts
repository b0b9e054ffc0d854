import { builder } from '../core/builder.ts'
import { found } from '../core/found.ts'
import { listField } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'

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
