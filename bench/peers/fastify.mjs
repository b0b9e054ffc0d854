import fastify from 'fastify'
import { plainly, port, unscopedPool } from './connection.ts'
import { credentials } from './credential.ts'
import { answer } from './routes.ts'

const pool = unscopedPool()
const authenticate = credentials(pool)
const ask = plainly(pool)
const app = fastify({ logger: false })

app.setErrorHandler((error, _request, reply) => reply.code(error.status ?? 500).send({ error: error.message }))
app.decorateRequest('credential', null)
app.addHook('onRequest', async (request) => {
  request.credential = await authenticate(request.headers.authorization)
})
app.route({
  method: ['GET', 'POST'],
  url: '/*',
  handler: async ({ method, url, credential, body }, reply) => {
    const json = await answer(ask, { method, url, credential, body: async () => body })
    reply.code(json === undefined ? 404 : method === 'POST' ? 201 : 200).type('application/json; charset=utf-8')
    return json ?? '{}'
  },
})

await app.listen({ port, host: '127.0.0.1' })
