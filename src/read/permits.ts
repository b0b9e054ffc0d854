import type { Context } from '../core/context.ts'
import type { Permission } from '../core/permissions.ts'
import { Uncompilable } from './statement.ts'

type Scopes = { can?: Permission; signedIn?: boolean; public?: boolean }

/** What a caller must be allowed before a statement is sent; whoever is not gets the ordinary executor's refusal. */
export class Permits {
  readonly #permissions = new Set<Permission>()
  #signedIn = false

  /** `scopes` as a type or field declares them: all of it must be understood. */
  require(scopes: unknown): void {
    if (scopes === undefined) return
    if (typeof scopes !== 'object' || scopes === null) throw new Uncompilable('a scope that is decided by the row')
    for (const [name, value] of Object.entries(scopes as Scopes)) {
      if (name === 'can') this.#permissions.add(value as Permission)
      else if (name === 'signedIn') this.#signedIn = true
      else if (name !== 'public') throw new Uncompilable(`the scope ${name}`)
    }
  }

  allow(ctx: Context): boolean {
    if (this.#signedIn && ctx.credential === undefined) return false
    for (const permission of this.#permissions) if (!ctx.permissions.has(permission)) return false
    return true
  }
}
