CREATE INDEX CONCURRENTLY IF NOT EXISTS event_position_idx ON event (organization_id, position) WHERE position IS NOT NULL;
