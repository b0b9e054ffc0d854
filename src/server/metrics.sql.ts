export type Waiting = { events: number; deliveries: number }

/** Both from indexes that hold nothing else. */
export const WAITING = `
  SELECT (SELECT count(*) FROM event WHERE position IS NULL)::int AS events,
    (SELECT count(*) FROM webhook_delivery WHERE state = 'pending')::int AS deliveries`
