import type pg from 'pg'
import { PLAIN_TEXT } from '../../../backup/copy.ts'
import type { Place } from '../../../backup/space/structure.ts'
import type { Context } from '../../../core/context.ts'

const SCOPE =
  "SELECT set_config('role', 'opsgraph_app', true), set_config('search_path', 'public', true), set_config('opsgraph.organization_id', $1, true)"

/** As the application for the organization, until the transaction ends or somebody else is said. */
export const asOrganization = (client: pg.ClientBase, { organizationId }: Context) =>
  client.query(SCOPE, [String(organizationId)])

export async function begin(client: pg.ClientBase, ctx: Context, how = ''): Promise<void> {
  await client.query(`BEGIN ${how}`)
  await client.query(PLAIN_TEXT)
  await asOrganization(client, ctx)
}

/** Where the organization's own tables lie; undefined where it never had any. */
export async function placeOf(client: pg.ClientBase): Promise<Place | undefined> {
  const { rows } = await client.query<Place>(
    'SELECT schema_name AS "schemaName", role_name AS "roleName" FROM managed_space WHERE organization_id = opsgraph_organization()',
  )
  return rows[0]
}
