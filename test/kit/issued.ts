import pg from 'pg'
import { expect } from 'vitest'
import { connected } from '../../src/db/connected.ts'
import { type Caller, testGraph } from './graph.ts'
import { TableDesk } from './tables.ts'

/** Whether a role may still sign in is judged by the database's own clock. */
export const NOW = new Date()

/** What the database says to whoever may not do something, may not sign in, has the wrong password, or is thrown out. */
export const [NOT_PERMITTED, NO_LOGIN, WRONG_PASSWORD, ENDED] = ['42501', '28000', '28P01', '57P01'] as const

export const ISSUE = `mutation ($input: IssueCredentialInput!) { issueCredential(input: $input) {
  id kind access engine host port database username maskedUri groupId expiresAt revokedAt } }`
export const ROTATE = 'mutation ($id: ID!) { rotateCredential(id: $id) { id rotatedAt } }'
export const REVOKE = 'mutation ($id: ID!) { revokeCredential(id: $id) { id revokedAt } }'
export const DELETE = 'mutation ($id: ID!) { deleteCredential(id: $id) { id } }'
export const REVEAL = 'mutation ($id: ID!) { revealCredential(id: $id, input: { reason: "A test." }) { uri } }'

export type Made = { id: string; name: string; schema: string }
export type Issued = { id: string; username: string; uri: string; [field: string]: any }

/** What one statement answers, by a URI as any client has it. */
export const by = <R extends pg.QueryResultRow>(uri: string, text: string) =>
  connected({ connectionString: uri }, async (client) => (await client.query<R>(text)).rows)
export const denied = (uri: string, text: string) =>
  by(uri, text).then(
    () => 'allowed',
    (error: { code?: string }) => error.code,
  )

/** A cluster that lets everybody in (`trust`) cannot show that a password is asked for. */
export const asksPasswords = async (uri: string): Promise<boolean> => {
  const wrong = new URL(uri)
  wrong.password = 'wrong'
  const asked = (await denied(wrong.href, 'SELECT 1')) === '28P01'
  if (!asked) console.log('Not shown here, because this database lets roles in without a password.')
  return asked
}

/** A session that says how it ended. */
export async function opened(uri: string) {
  const client = new pg.Client({ connectionString: uri })
  client.on('error', () => {})
  const ended = new Promise<string>((done) =>
    client.once('error', (error: Error & { code?: string }) => done(error.code ?? error.message)),
  )
  await client.connect()
  return { client, ended }
}

/** Two organizations, and people in them who issue credentials: `const { issue } = issuedDesk()` at the top of a test file. */
export function issuedDesk() {
  const graph = testGraph({ OPSGRAPH_CLOCK: NOW.toISOString() })
  const desk = new TableDesk(graph)
  const told = async (query: string, variables: object, as?: Caller) => graph.as(as).run(query, { ...variables })
  const done = async (query: string, variables: object, as?: Caller) => {
    const { data, errors } = await told(query, variables, as)
    expect(errors).toBeUndefined()
    return Object.values(data)[0] as Record<string, any>
  }
  const refusal = async (query: string, variables: object, as?: Caller): Promise<Record<string, any> | undefined> => {
    const [error] = (await told(query, variables, as)).errors ?? []
    return error && { message: error.message, ...error.extensions }
  }

  const asOwner = <R extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
    connected(
      { connectionString: graph.kit.config.databaseUrl! },
      async (client) => (await client.query<R>(text, values)).rows,
    )
  let salt = 0
  async function group(as?: Caller): Promise<string> {
    salt += 1
    const { id: projectId } = await done(
      `mutation { createProject(input: { name: "Project ${salt}" }) { id } }`,
      {},
      as,
    )
    const input = { name: 'Group', projectId }
    return (await done('mutation ($input: CreateGroupInput!) { createGroup(input: $input) { id } }', { input }, as)).id
  }

  /** A table with one row. */
  async function table(groupId: string, organization: 'a' | 'b' = 'a'): Promise<Made> {
    salt += 1
    const input = { name: `Table ${salt}`, groupId, columns: [{ name: 'word', type: 'text' }] }
    const { id, databaseName } = await desk.done('create', { input }, { organization })
    await desk.insert(id, [{ word: organization }], { organization })
    return { id, name: databaseName, schema: `org_${graph[organization].id}` }
  }

  async function issue(groupId: string, more: object = {}, as?: Caller): Promise<Issued> {
    const made = await done(ISSUE, { input: { name: 'Issued', groupId, ...more } }, as)
    return { ...made, uri: await reveal(made.id, as) } as Issued
  }
  let keys = 1
  async function reveal(id: string, as?: Caller): Promise<string> {
    const session = graph.as(as)
    keys += 1
    session.ctx.actor = { ...session.ctx.actor, id: keys }
    const { data, errors } = await session.run(REVEAL, { id })
    expect(errors).toBeUndefined()
    return data.revealCredential.uri
  }

  const exists = async (role: string): Promise<boolean> =>
    (await asOwner('SELECT FROM pg_roles WHERE rolname = $1', [role])).length > 0

  return { graph, desk, done, refusal, asOwner, group, table, issue, reveal, exists }
}
