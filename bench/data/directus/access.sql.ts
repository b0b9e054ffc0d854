import { benchKey } from '../keys.ts'
import { COPIED } from './tables.sql.ts'

const list = COPIED.map((name) => `'${name}'`).join(', ')

const collections = `
INSERT INTO directus_collections (collection) SELECT unnest(ARRAY[${list}]);
INSERT INTO directus_fields (collection, field, special) VALUES ('invoice', 'client_id', 'm2o'), ('invoice', 'lines', 'o2m');
INSERT INTO directus_relations (many_collection, many_field, one_collection, one_field)
  VALUES ('invoice', 'client_id', 'client', NULL), ('invoice_line', 'invoice_id', 'invoice', 'lines');
`

/** A user whose token is the organization's key, and a policy that shows the rows of this organization. */
const organization = (id: number) => `
WITH account AS (
  INSERT INTO directus_users (id, email, status, token) VALUES (gen_random_uuid(), 'owner${id}@example.com', 'active', '${benchKey(id)}') RETURNING id
), policy AS (
  INSERT INTO directus_policies (id, name, admin_access, app_access) VALUES (gen_random_uuid(), 'Organization ${id}', false, false) RETURNING id
), granted AS (
  INSERT INTO directus_access (id, "user", policy) SELECT gen_random_uuid(), account.id, policy.id FROM account, policy
)
INSERT INTO directus_permissions (policy, collection, action, permissions, fields)
  SELECT id, unnest(ARRAY[${list}]), 'read', '{"organization_id":{"_eq":${id}}}', '*' FROM policy;
`

export const access = (organizations: number): string =>
  collections + Array.from({ length: organizations }, (_, i) => organization(i + 1)).join('')
