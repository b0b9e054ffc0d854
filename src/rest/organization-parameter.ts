import type { Parameter } from './parameters.ts'

/** Read before the route is: whoever asks is somebody else in another organization. */
export const organizationParameter: Parameter = {
  name: 'organization',
  fills: 'organization',
  in: 'query',
  required: false,
  schema: { type: 'string', example: 'acme' },
  description:
    'The organization to ask, by its id or slug: one of those under /api/organizations/. The key’s own unless given, here or as the header X-Organization; 404 for any other.',
  apply() {},
}
