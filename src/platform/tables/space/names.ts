import { randomBytes } from 'node:crypto'
import pg from 'pg'

/** Roles belong to the whole cluster: the number of the database keeps those of two databases apart. */
export const rolePrefix = (database: number | bigint): string => `opsgraph_org_${database}_`

/** What the schema and the role of an organization are called when they are made; afterwards `managed_space` says it. */
export const spaceNames = (database: number | bigint, organizationId: number) => ({
  schemaName: `org_${organizationId}`,
  roleName: `${rolePrefix(database)}${organizationId}`,
})

/** A table's name is made here: what people call it stays out of SQL. */
export const newPhysicalName = (): string => `t_${randomBytes(8).toString('hex')}`

/** Where a relation is, in SQL. */
export const placeOf = ({ schemaName }: { schemaName: string }, physicalName: string): string =>
  `${pg.escapeIdentifier(schemaName)}.${pg.escapeIdentifier(physicalName)}`
