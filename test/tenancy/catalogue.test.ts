import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestApp, testApp } from '../kit/app.ts'
import { PROTECTED_OTHERWISE, partitionsOf, tablesOf, tenantTablesOf, UNPROTECTED } from './catalogue.ts'

/** Indexes of tenant tables that do not begin with the tenant, each with the reason why. */
const LEADING_OTHERWISE: Record<string, string> = {
  membership_user_id_idx: 'the policy of app_user asks which organizations a person belongs to',
  membership_invitation_hash_key: 'an invitation is looked up before its organization is known',
  api_key_hash_key: 'a credential is looked up before its organization is known',
  api_key_previous_hash_key: 'the same, while a rotated key still works',
  api_key_public_id_key: 'public ids are unique across organizations',
  api_key_id_key: 'the bucket and the usage of a key are kept under its id alone',
  password_entry_key_id_idx: 'which master keys are in use is asked across organizations',
  credential_key_id_idx: 'the same',
  backup_run_key_id_idx: 'the same',
  event_waiting_idx: 'the outbox is read across organizations, in order',
  idempotency_record_expires_at_idx: 'what expired is pruned across organizations',
  monitor_schedule_next_check_at_idx: 'monitors that are due are claimed across organizations',
  managed_space_schema_name_key: 'no two organizations share a schema',
  managed_space_role_name_key: 'no two organizations share a role',
}

/** Tables whose words are indexed; each has a view beside it, `opsgraph_searchable`. */
const SEARCHED = ['asset', 'vehicle', 'monitor', 'password_entry']

let kit: TestApp
beforeAll(async () => {
  kit = await testApp()
})
afterAll(() => kit?.drop())

const ask = <R extends Record<string, unknown>>(text: string, values: unknown[] = []) => kit.app.query<R>(text, values)

const walled = async () => [...(await tenantTablesOf(kit.app)), ...(await partitionsOf(kit.app))]

type Policy = {
  table: string
  name: string
  roles: string
  command: string
  using: string | null
  check: string | null
}

const policies = () =>
  ask<Policy>(`SELECT tablename AS "table", policyname AS name, array_to_string(roles, ',') AS roles, cmd AS command, qual AS "using",
    with_check AS "check" FROM pg_policies WHERE schemaname = 'public'`)

describe('the catalogue of the database', () => {
  it('lists row security, enabled and forced, on every table that belongs to organizations', async () => {
    const rows = await ask<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
       AND relrowsecurity AND relforcerowsecurity`,
    )
    const forced = rows.map(({ name }) => name)
    const tenant = [...(await walled()), ...Object.keys(PROTECTED_OTHERWISE)]
    expect(tenant.filter((table) => !forced.includes(table))).toEqual([])
    expect(tenant.length).toBeGreaterThan(30)
  })

  it('knows no table that is neither protected nor known to be nobody’s', async () => {
    const known = new Set([
      ...(await tenantTablesOf(kit.app)),
      ...Object.keys({ ...PROTECTED_OTHERWISE, ...UNPROTECTED }),
    ])
    expect((await tablesOf(kit.app)).filter((table) => !known.has(table))).toEqual([])
  })

  it('has no view, foreign table or function that runs with its owner’s rights, but for those that a search reads', async () => {
    const views = await ask<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm', 'f')`,
    )
    const functions = await ask(`SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef`)
    expect(views.map(({ name }) => name).sort()).toEqual(SEARCHED.map((table) => `${table}_search`).sort())
    expect(functions).toEqual([])
  })

  it.each(SEARCHED)('lets a search read all columns of %s, of one organization, and change nothing', async (table) => {
    const [view] = await ask(
      `SELECT pg_get_userbyid(relowner) AS owner, pg_get_viewdef(oid) ~ 'WHERE \\((${table}\\.)?organization_id = opsgraph_organization\\(\\)\\);$' AS walled,
         ${columnsOf(`'${table}_search'`)} = ${columnsOf(`'${table}'`)} AS whole,
         ARRAY(SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
           WHERE has_table_privilege('opsgraph_app', oid, p)) AS rights
       FROM pg_class WHERE oid = '${table}_search'::regclass`,
    )
    expect(view).toEqual({ owner: 'opsgraph_system', walled: true, whole: true, rights: ['SELECT'] })
  })

  it('gives the application one policy per table, for reading and for writing, that names its organization', async () => {
    const tables = [...(await walled()), ...Object.keys(PROTECTED_OTHERWISE)]
    const own = (await policies()).filter(({ roles, name }) => roles !== 'opsgraph_system' && name !== 'their_own')
    expect(own.map(({ table }) => table).sort()).toEqual(tables.sort())
    for (const { table, roles, using, check } of own) {
      expect(roles, table).toBe('opsgraph_app')
      expect(using, table).toContain('opsgraph_organization()')
      expect(check, table).toBe(using)
    }
  })

  it('shows a person, beside that, which organizations are theirs, and nothing else of them', async () => {
    const personal = (await policies()).filter(({ name }) => name === 'their_own')
    expect(personal.map(({ table }) => table).sort()).toEqual(['membership', 'organization'])
    for (const { using, ...policy } of personal) {
      expect(policy).toMatchObject({ roles: 'opsgraph_app', command: 'SELECT', check: null })
      expect(using, policy.table).toContain('user_id = opsgraph_user()')
    }
  })

  it('lets the application’s role bypass nothing, own nothing and reach no table without a policy', async () => {
    const [role] = await ask(`SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb,
      (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owned,
      (SELECT count(*)::int FROM pg_auth_members WHERE member = r.oid) AS memberships
      FROM pg_roles r WHERE rolname = 'opsgraph_app'`)
    expect(role).toEqual({
      ...{ rolsuper: false, rolbypassrls: false, rolcanlogin: false, rolcreaterole: false, rolcreatedb: false },
      ...{ owned: 0, memberships: 0 },
    })
    const granted = await ask(
      `SELECT t.name, p.name AS privilege FROM unnest($1::text[]) t (name),
         unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p (name)
       WHERE has_table_privilege('opsgraph_app', t.name, p.name)`,
      [Object.keys(UNPROTECTED)],
    )
    expect(granted).toEqual([])
  })

  it('lets the application’s role neither truncate a table nor make one', async () => {
    const truncating = await ask(`SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
      AND relkind IN ('r', 'p') AND has_table_privilege('opsgraph_app', oid, 'TRUNCATE')`)
    const [schema] = await ask(`SELECT has_schema_privilege('opsgraph_app', 'public', 'CREATE') AS creates`)
    expect({ truncating, ...schema }).toEqual({ truncating: [], creates: false })
  })

  it('ties tenant tables together only by keys that begin with the organization on both sides', async () => {
    const tenant = await tenantTablesOf(kit.app)
    const keys = await ask<{ name: string; columns: string[]; referenced: string[] }>(
      `SELECT conname AS name, ${columnNames('conrelid', 'conkey')} AS columns, ${columnNames('confrelid', 'confkey')} AS referenced
       FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY ($1) AND confrelid::regclass::text = ANY ($1)`,
      [tenant],
    )
    const loose = keys.filter(
      ({ columns, referenced }) =>
        columns.length < 2 || columns[0] !== 'organization_id' || referenced[0] !== 'organization_id',
    )
    expect(loose).toEqual([])
    expect(keys.length).toBeGreaterThan(20)
  })

  it('begins every index of a tenant table with the organization, but for a few with a reason', async () => {
    const indexes = await ask<{ name: string; first: string | null }>(
      `SELECT i.indexrelid::regclass::text AS name, a.attname AS first FROM pg_index i
       LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
       WHERE i.indrelid::regclass::text = ANY ($1)`,
      [await tenantTablesOf(kit.app)],
    )
    const otherwise = indexes.filter(({ first }) => first !== 'organization_id').map(({ name }) => name)
    expect(otherwise.filter((name) => !LEADING_OTHERWISE[name])).toEqual([])
    expect(Object.keys(LEADING_OTHERWISE).filter((name) => !otherwise.includes(name))).toEqual([])
  })

  it('keeps audit rows and events as they were written', async () => {
    const rights =
      await ask(`SELECT t.name, p.name AS privilege FROM unnest(ARRAY['audit_event', 'audit_seal', 'audit_waiting', 'event']) t (name),
      unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) p (name) WHERE has_table_privilege('opsgraph_app', t.name, p.name)`)
    expect(rights).toEqual([])
  })

  it('lets not even the server’s own role change the trail or its seals', async () => {
    const rights =
      await ask(`SELECT t.name, p.name AS privilege FROM unnest(ARRAY['audit_event', 'audit_seal']) t (name),
      unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) p (name) WHERE has_table_privilege('opsgraph_system', t.name, p.name)`)
    expect(rights).toEqual([])
  })
})

const columnsOf = (relation: string) =>
  `(SELECT array_agg(attname::text ORDER BY attname) FROM pg_attribute
    WHERE attrelid = ${relation}::regclass AND attnum > 0 AND NOT attisdropped)`

const columnNames = (relation: string, numbers: string) =>
  `(SELECT array_agg(a.attname::text ORDER BY k.position) FROM unnest(${numbers}) WITH ORDINALITY k (number, position)
    JOIN pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.number)`
