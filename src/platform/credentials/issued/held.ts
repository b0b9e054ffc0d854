import type { Context } from '../../../core/context.ts'
import type { Transaction } from '../../../db/client.ts'

export type HeldTable = { physicalName: string }

/** The tables of a group that were made here, held until the transaction ends. Always before the group and credentials are. */
export const holdTables = (tx: Transaction, { organizationId }: Context, groupId: number): Promise<HeldTable[]> =>
  tx.$queryRaw<HeldTable[]>`SELECT physical_name AS "physicalName" FROM managed_table
    WHERE organization_id = ${organizationId} AND group_id = ${groupId} AND managed ORDER BY id FOR UPDATE`

const LET_IN = `SELECT c.relname::text AS "physicalName" FROM pg_shdepend d
  JOIN pg_class c ON c.oid = d.objid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_authid'::regclass AND d.deptype = 'a'
    AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND d.refobjid = (SELECT oid FROM pg_roles WHERE rolname = $1) AND n.nspname = $2 ORDER BY 1`

/** The tables of a schema that a role was let to. */
export const tablesOf = (tx: Transaction, role: string, schemaName: string): Promise<HeldTable[]> =>
  tx.$queryRawUnsafe<HeldTable[]>(LET_IN, role, schemaName)
