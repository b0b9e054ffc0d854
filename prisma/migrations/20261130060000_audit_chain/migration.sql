-- The hash of every seal, where the rows are: SHA-256 over the 32 bytes of the seal before and the row's canonical form in UTF-8.
CREATE FUNCTION audit_chain_link(last bytea, first bytea, canonical text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(coalesce(last, first) || convert_to(canonical, 'UTF8'))
$$;

-- As a window, the seals of rows in their order, behind the seal that was there before them.
CREATE AGGREGATE audit_chain(bytea, text) (SFUNC = audit_chain_link, STYPE = bytea);

REVOKE EXECUTE ON FUNCTION audit_chain_link(bytea, bytea, text), audit_chain(bytea, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_chain_link(bytea, bytea, text), audit_chain(bytea, text) TO opsgraph_system;
