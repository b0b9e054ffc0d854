import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Caller } from './caller.ts'
import { dataFolder } from './folder.ts'
import { command, serve } from './launch.ts'

const SCOPES = ['leads:read', 'clients:read', 'invoices:read'].flatMap((scope) => ['--scope', scope])

/** Some leads have a client and some have none: one row is waited for while another is refused at once. */
const HALF_PERMITTED = '{ leads(first: 60) { nodes { client { outstandingBalance } opportunities { nodes { id } } } } }'

it('a permission that is missing for some rows only is refused, and the server goes on', async () => {
  await using folder = await dataFolder()
  const variables = { OPSGRAPH_DATA: folder.path }
  await using server = await serve(variables)
  const { organizations } = JSON.parse(await readFile(join(folder.path, 'demo.json'), 'utf8'))
  const who = ['--organization', organizations[0].slug, '--family', 'devsphere', '--name', 'half', ...SCOPES]
  const { secret } = JSON.parse((await command(['keys', 'create', ...who, '--json'], variables)).out)
  using caller = new Caller(server.url, secret)
  for (let time = 0; time < 5; time += 1) {
    const { json } = await caller.graphql(HALF_PERMITTED)
    expect(json.errors[0].extensions).toMatchObject({ code: 'FORBIDDEN', need: 'opportunities:read' })
  }
  expect((await caller.call('/api/v1/leads?limit=1')).status).toBe(200)
  expect(await server.end()).toMatchObject({ code: 0, signal: null })
}, 120_000)
