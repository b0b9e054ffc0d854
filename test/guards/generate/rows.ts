import type { App } from '../../../src/app.ts'
import { Prisma } from '../../../src/db/client.ts'
import { tenantTablesOf } from '../../tenancy/catalogue.ts'

/** An id that no row has. */
export const MISSING = 2 ** 31 - 5

const snake = (name: string): string => name.replace(/(?<=.)[A-Z]/g, '_$&').toLowerCase()

export const tableOf = (model: string): string => (model === 'User' ? 'app_user' : snake(model))

/** Rows that are called by less than their model's name. */
const CALLED: Record<string, string> = { schedule: 'BackupSchedule' }

const PEOPLE = new Set(['owner', 'author', 'createdBy', 'uploadedBy', 'assignedTo', 'user'])

/** What an id speaks of by its name: `clientId` of a Client, `ownerId` of a person. */
export function modelOfId(name: string): string {
  const bare = name.replace(/Ids?$/, '')
  if (PEOPLE.has(bare)) return 'Membership'
  if (CALLED[bare]) return CALLED[bare]
  const model = bare[0]!.toUpperCase() + bare.slice(1)
  if (!(model in Prisma.ModelName)) throw new Error(`Nothing is known of what ${name} is the id of.`)
  return model
}

/** The ids of one organization's rows, newest first, per model. */
export class OwnRows {
  private readonly app: App
  readonly organizationId: number
  constructor(app: App, organizationId: number) {
    this.app = app
    this.organizationId = organizationId
  }

  async ids(model: string): Promise<number[]> {
    const [table, column, owner] =
      model === 'Membership'
        ? ['membership', 'user_id', 'organization_id']
        : [tableOf(model), 'id', model === 'Organization' ? 'id' : 'organization_id']
    const rows = await this.app.query<{ key: string }>(
      `SELECT ${column}::text AS key FROM "${table}" WHERE ${owner} = $1 ORDER BY ${column} DESC`,
      [this.organizationId],
    )
    return rows.map(({ key }) => Number(key))
  }

  async id(model: string): Promise<number> {
    const [id] = await this.ids(model)
    if (id === undefined) throw new Error(`The organization ${this.organizationId} has no ${model}.`)
    return id
  }

  /** One number per table that changes when any row does. */
  async fingerprints(): Promise<Record<string, string>> {
    const tables = await tenantTablesOf(this.app)
    const sources = [...tables.map((table) => [table, 'organization_id']), ['organization', 'id']]
    const each = sources.map(
      ([table, owner]) =>
        `SELECT '${table}' AS name, coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') AS hash FROM "${table}" t WHERE ${owner} = $1`,
    )
    const rows = await this.app.query<{ name: string; hash: string }>(each.join(' UNION ALL '), [this.organizationId])
    return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]))
  }
}
