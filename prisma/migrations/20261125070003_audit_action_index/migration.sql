CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_event_organization_id_action_at_id_idx ON audit_event (organization_id, action, at DESC, id DESC);
