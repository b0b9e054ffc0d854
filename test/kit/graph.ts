import { randomUUID } from 'node:crypto'
import type { ExecutionResult } from 'graphql'
import { afterAll, beforeAll, expect } from 'vitest'
import { systemContext } from '../../src/context.ts'
import type { Context, CredentialView } from '../../src/core/context.ts'
import { PERMISSIONS, type Permission } from '../../src/core/permissions.ts'
import { asSystem } from '../../src/db/tenant.ts'
import { createChange } from '../../src/graph/change.ts'
import { createDocuments } from '../../src/graph/documents.ts'
import { createExecute, type Execute, requestErrors } from '../../src/graph/execute.ts'
import { GRAPH } from '../../src/read/form.ts'
import { createReader } from '../../src/read/reader.ts'
import { createWishes } from '../../src/read/wish.ts'
import { type Tenant, type TestApp, tenant, testApp } from './app.ts'

export type Caller = {
  organization?: 'a' | 'b'
  /** Everything unless given. */
  permissions?: readonly Permission[]
  /** The person behind the caller; the owner unless given. */
  role?: keyof Tenant['users']
  credential?: Partial<CredentialView>
  /** Answered field by field, even what is otherwise read by one statement. */
  byField?: boolean
}

export type Result = {
  data: any
  errors: { message: string; path?: unknown; extensions: Record<string, any> }[] | undefined
}

export type Session = { ctx: Context; run(query: string, variables?: Record<string, unknown>): Promise<Result> }

/** The graph over a database of its own with two organizations, `a` and `b`, as any caller. */
export class TestGraph {
  kit!: TestApp
  a!: Tenant
  b!: Tenant
  /** What answered the last document that was not asked for field by field. */
  answeredBy: 'statement' | 'executor' | undefined
  private schema!: Awaited<typeof import('../../src/schema.ts')>['schema']
  private execute!: Execute
  private executeByField!: Execute

  async open(variables: Record<string, string> = {}): Promise<void> {
    this.kit = await testApp(variables)
    this.a = await tenant(this.kit.app, 'a')
    this.b = await tenant(this.kit.app, 'b')
    this.schema = (await import('../../src/schema.ts')).schema
    const report = (error: unknown) => console.error(error)
    this.executeByField = createExecute(this.schema, report)
    const sources = { ...this.kit.app, schema: this.schema, report }
    this.execute = createExecute(this.schema, report, {
      read: createReader(sources),
      change: createChange(this.schema, createWishes(sources, GRAPH)),
      answered: (by) => {
        this.answeredBy = by
      },
    })
  }

  as({
    organization = 'a',
    permissions = PERMISSIONS,
    role = 'owner',
    credential = {},
    byField,
  }: Caller = {}): Session {
    const { app } = this.kit
    const { id, users } = this[organization]
    const userId = users[role]
    const ctx: Context = {
      ...systemContext(app, id, randomUUID()),
      actor: { kind: 'key', id: 1, name: 'test', userId },
      permissions: new Set(permissions),
      maxPage: 200,
      credential: {
        keyId: 1,
        family: 'dashboard',
        name: 'test',
        scopes: ['admin'],
        isAdmin: true,
        createdBy: `${role}@${organization}.example.com`,
        ...credential,
      },
    }
    const execute = byField ? this.executeByField : this.execute
    return { ctx, run: (query, variables) => this.run(execute, ctx, query, variables) }
  }

  /** What the only field of a document answers. */
  readonly done = async (query: string, variables: object = {}, as?: Caller): Promise<Record<string, any>> => {
    const { data, errors } = await this.as(as).run(query, { ...variables })
    expect(errors).toBeUndefined()
    return Object.values(data)[0] as Record<string, any>
  }

  /** How a document is refused. */
  readonly refusal = async (query: string, variables: object = {}, as?: Caller) =>
    (await this.as(as).run(query, { ...variables })).errors?.[0]?.extensions

  /** Every event and audit row of an organization, oldest first. */
  async trail(organization: 'a' | 'b' = 'a') {
    const { prisma } = this.kit.app
    const where = { organizationId: this[organization].id }
    return asSystem(async () => ({
      events: await prisma.event.findMany({ where, orderBy: { id: 'asc' } }),
      audit: await prisma.auditEvent.findMany({ where, orderBy: { id: 'asc' } }),
    }))
  }

  private async run(
    execute: Execute,
    ctx: Context,
    query: string,
    variables?: Record<string, unknown>,
  ): Promise<Result> {
    const { document, errors } = createDocuments(this.schema).prepare(query)
    if (!document || errors) throw new Error(errors?.map(({ message }) => message).join('\n'))
    const result: ExecutionResult = await execute(document, variables, { ...ctx })
    const told =
      result.errors &&
      (result.data === undefined ? requestErrors(result.errors, ctx.requestId) : result.errors.map((e) => e.toJSON()))
    return JSON.parse(JSON.stringify({ data: result.data ?? null, errors: told })) as Result
  }
}

/** `const graph = testGraph()` at the top of a test file. */
export function testGraph(variables: Record<string, string> = {}): TestGraph {
  const graph = new TestGraph()
  beforeAll(() => graph.open(variables))
  afterAll(() => graph.kit?.drop())
  return graph
}
