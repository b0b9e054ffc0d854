import { randomUUID } from 'node:crypto'
import fastify from 'fastify'
import mercurius from 'mercurius'
import pg from 'pg'
import { port, unscopedPool } from './connection.ts'
import { credentials, need } from './credential.ts'
import { loaders, rows } from './mercurius-loaders.mjs'
import { ASSET } from './statements.sql.ts'

const DATE = 1082
pg.types.setTypeParser(DATE, (text) => text)

const pool = unscopedPool()
const authenticate = credentials(pool)
const query = rows(pool)

const schema = `
scalar DateTime
scalar Date
scalar Decimal
type Lead { id: ID! name: String! email: String phone: String company: String source: String status: String! score: Int! createdAt: DateTime! updatedAt: DateTime! }
type Asset { id: ID! name: String! assetType: String! serialNumber: String model: String manufacturer: String hostname: String ipAddress: String macAddress: String location: String notes: String isActive: Boolean! createdAt: DateTime! updatedAt: DateTime! }
type Client { id: ID! name: String! email: String }
type InvoiceLine { id: ID! position: Int! description: String! quantity: Decimal! unitPrice: Decimal! amount: Decimal! }
type Invoice { id: ID! number: String! status: String! currency: String! total: Decimal! issuedOn: Date! dueOn: Date client: Client! lines: [InvoiceLine!]! }
type LeadPage { totalCount: Int! nodes: [Lead!]! }
type AssetPage { totalCount: Int! nodes: [Asset!]! }
type InvoicePage { nodes: [Invoice!]! }
input CreateAsset { name: String! assetType: String! serialNumber: String location: String notes: String }
type Query {
  leads(first: Int = 25): LeadPage!
  asset(id: ID!): Asset
  invoices(first: Int = 25): InvoicePage!
  assets(search: String!, first: Int = 25, offset: Int = 0): AssetPage!
}
type Mutation { createAsset(input: CreateAsset!): Asset! }`

const LEADS = `SELECT id, name, email, phone, company, source, status, score, created_at AS "createdAt", updated_at AS "updatedAt"
  FROM lead WHERE organization_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`
const INVOICES = `SELECT id, organization_id, client_id, number, status, currency, total::text AS total, issued_on AS "issuedOn", due_on AS "dueOn"
  FROM invoice WHERE organization_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`
const FOUND = 'FROM asset WHERE organization_id = $1 AND search_text LIKE $2'
const INSERT = `INSERT INTO asset (organization_id, name, asset_type, serial_number, location, notes) VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${ASSET}`
const ANNOUNCE = `INSERT INTO event (organization_id, type, data, request_id, at) VALUES ($1, 'asset.created', $2, $3, now())`
const AUDIT = `INSERT INTO audit_event (organization_id, actor_kind, actor_id, actor_name, action, target_type, target_id, changes, address, request_id, at)
  VALUES ($1, 'key', $2, 'Bench', 'asset.created', 'asset', $3, $4, '127.0.0.1', $5, now())`

async function createAsset(_root, { input }, { credential }) {
  need(credential, 'assets:write')
  const { organizationId, keyId } = credential
  const { name, assetType, serialNumber, location, notes } = input
  const client = await pool.connect()
  const run = (key, text, values) => client.query({ name: key, text, values })
  try {
    await client.query('BEGIN')
    const created = await run('insert', INSERT, [organizationId, name, assetType, serialNumber, location, notes])
    const asset = created.rows[0]
    const [data, requestId] = [JSON.stringify(asset), randomUUID()]
    await run('announce', ANNOUNCE, [organizationId, data, requestId])
    await run('audit', AUDIT, [organizationId, keyId, String(asset.id), data, requestId])
    await client.query('COMMIT')
    return asset
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

const permitted =
  (permission, resolve) =>
  (_root, args, { credential }) => {
    need(credential, permission)
    return resolve(credential.organizationId, args)
  }

const resolvers = {
  Query: {
    leads: permitted('leads:read', (organization, args) => ({ ...args, organization })),
    asset: permitted('assets:read', async (organization, { id }) => {
      const found = `SELECT ${ASSET} FROM asset WHERE organization_id = $1 AND id = $2`
      return (await query('asset', found, [organization, id]))[0]
    }),
    invoices: permitted('invoices:read', async (organization, { first }) => ({
      nodes: await query('invoices', INVOICES, [organization, first]),
    })),
    assets: permitted('assets:read', (organization, { search, ...paging }) => {
      return { ...paging, values: [organization, `%${search.toLowerCase()}%`] }
    }),
  },
  LeadPage: {
    totalCount: async ({ organization }) =>
      (await query('lead-count', 'SELECT count(*)::int AS n FROM lead WHERE organization_id = $1', [organization]))[0]
        .n,
    nodes: ({ organization, first }) => query('leads', LEADS, [organization, first]),
  },
  AssetPage: {
    totalCount: async ({ values }) => (await query('asset-count', `SELECT count(*)::int AS n ${FOUND}`, values))[0].n,
    nodes: ({ values, first, offset }) => {
      const text = `SELECT ${ASSET} ${FOUND} ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4`
      return query('assets', text, [...values, first, offset])
    },
  },
  Mutation: { createAsset },
}

const app = fastify({ logger: false })
app.setErrorHandler((error, _request, reply) => reply.code(error.status ?? 500).send({ error: error.message }))
app.decorateRequest('credential', null)
app.addHook('onRequest', async (request) => {
  request.credential = await authenticate(request.headers.authorization)
})
const context = ({ credential }) => ({ credential })
await app.register(mercurius, { schema, resolvers, loaders: loaders(query), jit: 1, graphiql: false, context })
await app.listen({ port, host: '127.0.0.1' })
