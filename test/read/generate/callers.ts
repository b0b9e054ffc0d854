import { publicContext, systemContext } from '../../../src/context.ts'
import type { Context } from '../../../src/core/context.ts'
import { PERMISSIONS } from '../../../src/core/permissions.ts'
import { Caller } from '../../guards/generate/caller.ts'
import type { TestServer } from '../../kit/server.ts'
import type { Choices } from './choices.ts'

const ASKED = { requestId: 'oracle', address: '127.0.0.1', door: 'graphql' as const }

/** Whoever may ask one organization. */
export class Callers {
  readonly full: Context
  private readonly others: readonly Context[]

  private constructor(full: Context, others: readonly Context[]) {
    this.full = full
    this.others = others
  }

  static async of(server: TestServer, organization: number): Promise<Callers> {
    const { keys } = server.demo.organizations[organization]!
    const contexts = await Promise.all(keys.map(async ({ token }) => (await Caller.of(server, token)).ctx))
    const system = systemContext(server.app, contexts[0]!.organizationId, 'oracle')
    return new Callers(contexts[0]!, [...contexts, system, publicContext(server.app, ASKED)])
  }

  /** A caller as the server knows them, or one with any few permissions. */
  any(choices: Choices): Context {
    const ctx = choices.of(this.others)
    if (choices.chance(40)) return ctx
    const lacking = choices.some(PERMISSIONS, choices.chance(50) ? 3 : 20)
    return { ...ctx, permissions: new Set(PERMISSIONS.filter((each) => !lacking.includes(each))) }
  }
}
