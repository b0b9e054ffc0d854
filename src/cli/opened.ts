import { randomUUID } from 'node:crypto'
import { type App, openApp } from '../app.ts'
import { systemContext } from '../context.ts'
import type { Context } from '../core/context.ts'
import { AppError } from '../core/errors.ts'
import { createLog } from '../log.ts'
import type { Call } from './command.ts'

/** Opens what a command needs, and closes it again whatever happens. */
export async function withApp<T>(call: Call, work: (app: App) => Promise<T>): Promise<T> {
  const app = await openApp(call.config(), createLog('silent'), { progress: call.terminal.err })
  try {
    return await work(app)
  } finally {
    await app.close()
  }
}

export const operator = (app: App, organizationId: number): Context =>
  systemContext(app, organizationId, `cli-${randomUUID()}`)

/** The operator's context in the organization that `--organization` names. */
export async function inNamed(app: App, slug: string): Promise<Context> {
  const known = await app.query<{ id: number; slug: string }>('SELECT id, slug FROM organization ORDER BY slug', [])
  const named = known.find((organization) => organization.slug === slug)
  if (named) return operator(app, named.id)
  const remedy = known.length
    ? `Known: ${known.map((organization) => organization.slug).join(', ')}.`
    : 'There is none yet; create one with: opsgraph init.'
  throw new AppError('NOT_FOUND', `There is no organization ${slug}. ${remedy}`)
}
