/** Roles belong to the whole cluster: the number of the database keeps those of two databases apart. */
export const rolePrefix = (database: number | bigint): string => `opsgraph_org_${database}_`

/** What the schema and the role of an organization are called when they are made; afterwards `managed_space` says it. */
export const spaceNames = (database: number | bigint, organizationId: number) => ({
  schemaName: `org_${organizationId}`,
  roleName: `${rolePrefix(database)}${organizationId}`,
})
