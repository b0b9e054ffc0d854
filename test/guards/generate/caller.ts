import { parse } from 'graphql'
import { keyContext } from '../../../src/context.ts'
import type { Context } from '../../../src/core/context.ts'
import { createExecute, type Execute } from '../../../src/graph/execute.ts'
import { createReader } from '../../../src/read/reader.ts'
import { schema } from '../../../src/schema.ts'
import type { TestServer } from '../../kit/server.ts'

type Told = {
  data?: any
  errors?: {
    message: string
    path?: unknown
    extensions: { code: string; fields?: Record<string, string[]>; need?: string; confirmation?: { token: string } }
  }[]
}

export type Answered = Told & { text: string }

/**
 * Somebody's key at the executor itself: without limits on a document's size, always under one request id, and with a
 * context of its own for every operation, as a request has: the graph remembers what it loaded for a context.
 */
export class Caller {
  readonly ctx: Context
  /** What no caller should ever see. */
  readonly faults: unknown[] = []
  private readonly execute: Execute

  private constructor(ctx: Context, { app }: TestServer) {
    this.ctx = ctx
    const report = (error: unknown) => void this.faults.push(error)
    this.execute = createExecute(schema, report, { read: createReader({ ...app, schema, report }) })
  }

  static async of(server: TestServer, token: string): Promise<Caller> {
    const key = await server.app.credentials.authenticate(`Bearer ${token}`, '127.0.0.1')
    const ctx = keyContext(server.app, key, { requestId: 'generated', address: '127.0.0.1', door: 'graphql' })
    return Caller.with(server, ctx)
  }

  static with(server: TestServer, ctx: Context): Caller {
    return new Caller(ctx, server)
  }

  async ask(text: string, variables: Record<string, unknown> = {}, ctx: Context = this.ctx): Promise<Answered> {
    const result = await this.execute(parse(text), variables, { ...ctx })
    const told = JSON.stringify(result)
    return { ...(JSON.parse(told) as Told), text: told }
  }
}
