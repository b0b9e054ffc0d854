CREATE INDEX CONCURRENTLY IF NOT EXISTS event_waiting_idx ON event (id) WHERE position IS NULL;
