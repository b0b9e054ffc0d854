import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { App } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { type Demo, loadDemo } from '../../src/demo/load.ts'
import { type Serving, startServing } from '../../src/serve.ts'
import { MASTER_KEY, NOON, NOWHERE } from './app.ts'
import { calmChecker } from './checker.ts'
import { type TestDatabase, testDatabase } from './database.ts'

export type Answer = {
  status: number
  headers: Headers
  text: string
  json: any
}

export type Request = { method?: string; key?: string | undefined; body?: unknown; headers?: Record<string, string> }

const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A real server on a port of its own, with the demonstration organizations and their keys. */
export class TestServer {
  serving!: Serving
  demo!: Demo
  private database!: TestDatabase
  private folder!: string

  async open(variables: Record<string, string> = {}): Promise<void> {
    this.database = await testDatabase()
    this.folder = await mkdtemp(join(tmpdir(), 'opsgraph-server-'))
    const config = readConfig({
      PORT: '0',
      DATABASE_URL: this.database.url,
      OPSGRAPH_DATA: this.folder,
      OPSGRAPH_MASTER_KEY: MASTER_KEY,
      OPSGRAPH_CLOCK: NOON,
      // What happens beside requests would change rows that a test looks at.
      OPSGRAPH_ROLE: 'api',
      OPSGRAPH_HIBP_URL: NOWHERE,
      LOG_LEVEL: 'silent',
      ...variables,
    })
    this.serving = await startServing(
      config,
      () => {},
      async (app) => {
        app.checker = calmChecker
        this.demo = await loadDemo(app)
      },
    )
  }

  async close(): Promise<void> {
    await this.serving?.stop()
    await this.database?.drop()
    if (this.folder) await rm(this.folder, { recursive: true, force: true })
  }

  get app(): App {
    return this.serving.app
  }

  get url(): string {
    return this.serving.url
  }

  /** A demonstration key: by family, or by its name. The first organization's unless told otherwise. */
  key(familyOrName: string, organization = 0): string {
    const keys = this.demo.organizations[organization]!.keys
    const found = keys.find(({ name }) => name === familyOrName) ?? keys.find(({ family }) => family === familyOrName)
    if (!found) throw new Error(`There is no demonstration key ${familyOrName}.`)
    return found.token
  }

  async request(path: string, { method = 'GET', key, body, headers = {} }: Request = {}): Promise<Answer> {
    const sent =
      body === undefined
        ? undefined
        : typeof body === 'string' || body instanceof FormData
          ? body
          : JSON.stringify(body)
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(key && { authorization: `Bearer ${key}` }),
        ...(sent !== undefined && !(sent instanceof FormData) && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(sent !== undefined && { body: sent }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: json(text) }
  }

  /** One GraphQL operation over HTTP; an admin dashboard key unless another is given. */
  async graphql(query: string, variables: Record<string, unknown> = {}, key = this.key('dashboard')): Promise<Answer> {
    return this.request('/graphql', { method: 'POST', key, body: { query, variables } })
  }
}

/** `const server = testServer()` at the top of a test file. */
export function testServer(variables: Record<string, string> = {}): TestServer {
  const server = new TestServer()
  beforeAll(() => server.open(variables))
  afterAll(() => server.close())
  return server
}
