CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_event_organization_id_actor_name_at_id_idx ON audit_event (organization_id, actor_name, at DESC, id DESC);
