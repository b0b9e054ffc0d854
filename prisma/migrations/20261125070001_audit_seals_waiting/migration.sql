-- Rows that were there before the chain: only the server's own role sees them all.
SET LOCAL ROLE opsgraph_system;
INSERT INTO audit_waiting (organization_id, audit_event_id) SELECT organization_id, id FROM audit_event ON CONFLICT DO NOTHING;
RESET ROLE;
