/** The tables of a schema as they can be made again, of these names or all; read while the schema is in the search path. */
export const TABLES = `
  SELECT c.relname::text AS name,
    (SELECT coalesce(json_agg(json_build_object(
        'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
        'default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
        'generated', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END,
        'identity', a.attidentity,
        'collation', (SELECT quote_ident(o.collname) FROM pg_collation o JOIN pg_type t ON t.oid = a.atttypid
          WHERE o.oid = a.attcollation AND a.attcollation <> t.typcollation)
      ) ORDER BY a.attnum), '[]')
      FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    (SELECT coalesce(json_agg(json_build_object(
        'name', k.conname, 'kind', k.contype, 'definition', pg_get_constraintdef(k.oid), 'remark', obj_description(k.oid, 'pg_constraint'),
        'refersTo', (SELECT relname FROM pg_class WHERE oid = k.confrelid)
      ) ORDER BY k.contype = 'f', k.conname), '[]')
      FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'c', 'x', 'f')) AS constraints,
    (SELECT coalesce(json_agg(pg_get_indexdef(i.indexrelid, 0, true) ORDER BY i.indexrelid::regclass::text), '[]')
      FROM pg_index i WHERE i.indrelid = c.oid AND i.indisvalid
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))) AS indexes,
    coalesce((SELECT json_agg(json_build_object('name', a.attname, 'isText', a.attcollation <> 0) ORDER BY p.place)
      FROM pg_index i, unnest(i.indkey::int[]) WITH ORDINALITY AS p (number, place), pg_attribute a
      WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = p.number), '[]') AS key,
    greatest(c.reltuples, 0)::float8 AS estimate
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind = 'r' AND NOT c.relispartition AND ($2::text[] IS NULL OR c.relname = ANY ($2))
  ORDER BY c.relname`

/** Whatever lies there that is no ordinary table: it is not copied. */
export const OTHERS = `
  SELECT c.relname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('p', 'f', 'v', 'm') AND ($2::text[] IS NULL OR c.relname = ANY ($2)) ORDER BY 1`

/** Where the numbers of a column go on. A sequence of a column that numbers itself is made with it. */
export const SEQUENCES = `
  SELECT s.sequencename::text AS name, t.relname::text AS "table", a.attname::text AS "column", d.deptype = 'i' AS identity,
    s.data_type::text AS type, s.start_value::text AS start, s.min_value::text AS min, s.max_value::text AS max,
    s.increment_by::text AS increment, s.cycle, s.last_value::text AS value
  FROM pg_sequences s
    JOIN pg_class c ON c.relname = s.sequencename JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = s.schemaname
    LEFT JOIN pg_depend d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
    LEFT JOIN pg_class t ON t.oid = d.refobjid
    LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  WHERE s.schemaname = $1 AND ($2::text[] IS NULL OR t.relname = ANY ($2)) ORDER BY s.sequencename`
