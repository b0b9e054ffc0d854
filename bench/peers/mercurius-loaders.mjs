const CLIENTS = 'SELECT id, name, email FROM client WHERE organization_id = $1 AND id = ANY($2::int[])'
const LINES = `SELECT invoice_id, id, position, description, quantity::text AS quantity, unit_price::text AS "unitPrice", amount::text AS amount
  FROM invoice_line WHERE organization_id = $1 AND invoice_id = ANY($2::int[]) ORDER BY invoice_id, position`

/** One prepared statement per name. */
export const rows = (pool) => async (name, text, values) => (await pool.query({ name, text, values })).rows

/** One query per relation for all the invoices of a page. */
export const loaders = (query) => ({
  Invoice: {
    async client(asked) {
      const ids = [...new Set(asked.map(({ obj }) => obj.client_id))]
      const found = await query('clients', CLIENTS, [asked[0].obj.organization_id, ids])
      const byId = new Map(found.map((client) => [client.id, client]))
      return asked.map(({ obj }) => byId.get(obj.client_id))
    },
    async lines(asked) {
      const ids = asked.map(({ obj }) => obj.id)
      const found = await query('lines', LINES, [asked[0].obj.organization_id, ids])
      const byInvoice = Map.groupBy(found, (line) => line.invoice_id)
      return asked.map(({ obj }) => byInvoice.get(obj.id) ?? [])
    },
  },
})
