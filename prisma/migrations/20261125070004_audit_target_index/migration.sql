CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_event_organization_id_target_type_target_id_at_id_idx ON audit_event (organization_id, target_type, target_id, at DESC, id DESC);
