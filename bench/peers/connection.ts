import pg from 'pg'
import type { Ask } from './routes.ts'
import { STATEMENTS, type StatementName } from './statements.sql.ts'

export const CONNECTIONS = 10

/** `node peer.ts <port> <database>`, and the role whose policy lets it see every organization. */
export const port = Number(process.argv[2])
export const database = process.argv[3]!

/** Peers narrow to an organization in their own WHERE; the product's policies would hide everything from them. */
export const unscopedPool = (options: pg.PoolConfig = {}): pg.Pool =>
  new pg.Pool({ connectionString: database, options: '-c role=opsgraph_system', max: CONNECTIONS, ...options })

/** One prepared statement per question. */
export const plainly =
  (pool: pg.Pool, statements: Record<StatementName, string> = STATEMENTS): Ask =>
  async (name, organizationId, values) =>
    (await pool.query({ name, text: statements[name], values: [organizationId, ...values] })).rows[0]?.json

const SCOPE = "SELECT set_config('role', 'opsgraph_app', true), set_config('opsgraph.organization_id', $1, true)"

/** The same under row-level security: BEGIN, the scope, the statement and COMMIT in one round trip. */
export const underPolicies =
  (pool: pg.Pool): Ask =>
  async (name, organizationId, values) => {
    const client = await pool.connect()
    try {
      const [, , answer] = await Promise.all([
        client.query('BEGIN'),
        client.query({ name: 'scope', text: SCOPE, values: [String(organizationId)] }),
        client.query({ name, text: STATEMENTS[name], values: [organizationId, ...values] }),
        client.query('COMMIT'),
      ])
      return answer.rows[0]?.json
    } finally {
      client.release()
    }
  }
