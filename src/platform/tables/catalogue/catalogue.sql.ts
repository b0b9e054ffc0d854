/** A column, with the remarks on the checks of it alone. */
const COLUMNS = `SELECT json_agg(json_build_object(
    'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'nullable', NOT a.attnotnull,
    'default', CASE WHEN a.attidentity <> '' THEN 'identity' ELSE pg_get_expr(d.adbin, d.adrelid) END,
    'generated', a.attidentity = 'a' OR a.attgenerated <> '',
    'unique', EXISTS (
      SELECT FROM pg_index i
      WHERE i.indrelid = c.oid AND i.indisunique AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum AND i.indpred IS NULL
    ),
    'checks', (
      SELECT coalesce(json_agg(json_build_object('sql', pg_get_expr(k.conbin, k.conrelid), 'remark', obj_description(k.oid, 'pg_constraint')) ORDER BY k.conname), '[]')
      FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]
    )
  ) ORDER BY a.attnum)
  FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped`

/** An index; what is no column in it is told as its expression. */
const INDEXES = `SELECT json_agg(json_build_object(
    'name', x.relname, 'unique', i.indisunique, 'primary', i.indisprimary,
    'columns', (
      SELECT json_agg(coalesce(
        (SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = i.indkey[n - 1] AND a.attnum > 0),
        pg_get_indexdef(i.indexrelid, n, true)
      ) ORDER BY n)
      FROM generate_series(1, i.indnkeyatts) AS n
    )
  ) ORDER BY i.indisprimary DESC, x.relname)
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid`

/** Rows that the statistics know of: those that PostgreSQL counts along, else those it saw when it looked last. */
const ESTIMATE = `CASE
    WHEN c.relkind IN ('r', 'm') THEN coalesce(nullif(pg_stat_get_live_tuples(c.oid), 0), greatest(c.reltuples, 0)::bigint)
    WHEN c.reltuples >= 0 AND c.relkind <> 'v' THEN c.reltuples::bigint
  END`

/** What the catalogue holds of some relations of a schema. */
export const RELATIONS = `SELECT c.relname::text AS "physicalName", c.relkind::text AS kind, ${ESTIMATE} AS "rowEstimate",
    pg_total_relation_size(c.oid) AS bytes, coalesce((${COLUMNS}), '[]')::text AS columns, coalesce((${INDEXES}), '[]')::text AS indexes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relname = ANY ($2::text[]) AND c.relkind IN ('r', 'p', 'f', 'v', 'm')`

/** What lies in the organization's schema without a row that tells of it. */
export const UNKNOWN = `SELECT c.relname::text AS name
  FROM managed_space s JOIN pg_namespace n ON n.nspname = s.schema_name JOIN pg_class c ON c.relnamespace = n.oid
  WHERE s.organization_id = $1 AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND NOT c.relispartition
    AND NOT EXISTS (SELECT FROM managed_table t WHERE t.organization_id = s.organization_id AND t.physical_name = c.relname)
  ORDER BY 1 LIMIT $2`
