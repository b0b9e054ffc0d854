import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, type OpenOptions, openApp } from '../../src/app.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { asSystem } from '../../src/db/tenant.ts'
import { createLog } from '../../src/log.ts'
import { calmChecker } from './checker.ts'
import { testDatabase } from './database.ts'

export const MASTER_KEY = Buffer.alloc(32, 7).toString('base64')
export const NOON = '2026-05-23T11:42:00Z'
/** Nobody answers here. */
export const NOWHERE = 'http://127.0.0.1:9'

export type TestApp = { app: App; config: Config; drop(): Promise<void> }

/** The whole application on a database and a folder of its own, at a fixed time. */
export async function testApp(variables: Record<string, string> = {}, options: OpenOptions = {}): Promise<TestApp> {
  const database = await testDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'opsgraph-app-'))
  const config = readConfig({
    PORT: '0',
    DATABASE_URL: database.url,
    OPSGRAPH_DATA: folder,
    OPSGRAPH_MASTER_KEY: MASTER_KEY,
    OPSGRAPH_CLOCK: NOON,
    OPSGRAPH_HIBP_URL: NOWHERE,
    LOG_LEVEL: 'silent',
    ...variables,
  })
  const app = await openApp(config, createLog(config.logLevel), options)
  app.checker = calmChecker
  const drop = async () => {
    await app.close()
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  }
  return { app, config, drop }
}

export type Tenant = { id: number; slug: string; users: Record<'owner' | 'admin' | 'editor' | 'readonly', number> }

const ROLES = ['owner', 'admin', 'editor', 'readonly'] as const

/** An organization with one person in each role. */
export function tenant({ prisma }: App, slug: string): Promise<Tenant> {
  return asSystem(async () => {
    const { id } = await prisma.organization.create({ data: { slug, name: `Organization ${slug}` } })
    const users = {} as Tenant['users']
    for (const role of ROLES) {
      const email = `${role}@${slug}.example.com`
      const user = await prisma.user.create({ data: { email, displayName: `${role} of ${slug}`, status: 'active' } })
      await prisma.membership.create({ data: { organizationId: id, id: user.id, role } })
      users[role] = user.id
    }
    return { id, slug, users }
  })
}
