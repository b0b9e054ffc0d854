import { createServer } from 'node:http'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { database, port, unscopedPool } from './connection.ts'
import { credentials, need } from './credential.ts'

/** `rls`: tenants by row-level security, as its documentation advises. `where`: by a condition in the query. */
const rls = process.argv[4] !== 'where'
const authenticate = credentials(unscopedPool())
const pool = unscopedPool(rls ? { options: '' } : {})
const PERMISSION = 'assets:read'

const settings = ({ organizationId, keyId }) => ({
  role: 'opsgraph_app',
  'opsgraph.organization_id': String(organizationId),
  'bench.key_id': String(keyId),
})

/** Its input for the conditions of `vehicle` would be called like our enum `vehicle_condition`. */
const conditionNames = {
  name: 'ConditionNamesPlugin',
  version: '1.0.0',
  inflection: { replace: { conditionType: (_previous, _options, typeName) => `${typeName}Conditions` } },
}

const gathered = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [conditionNames],
  pgServices: [makePgService({ pool, schemas: ['public', 'bench'] })],
  grafserv: { graphiql: false, watch: false, graphqlPath: '/graphql', websockets: false },
  grafast: {
    explain: false,
    context: ({ node }) => (rls ? { pgSettings: settings(node.req.credential) } : {}),
  },
})

if (process.argv[4] === 'schema') {
  const { printSchema } = await import('graphql')
  console.log(printSchema(await gathered.getSchema()), database)
  process.exit()
}

const server = createServer()
await gathered.createServ(grafserv).addTo(server)
const [handle] = server.listeners('request')
server.removeAllListeners('request')
server.on('request', async (request, response) => {
  try {
    request.credential = await authenticate(request.headers.authorization)
    need(request.credential, PERMISSION)
    handle(request, response)
  } catch (error) {
    response.writeHead(error.status ?? 500).end()
  }
})
server.listen(port, '127.0.0.1')
