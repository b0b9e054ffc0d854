import type { Choices } from './choices.ts'

/** Names that a statement, a language or another field may already use for something. */
const ALIASES = [
  ...['r', 's', 'p', 'n', 't1', 't2', 'v0', 'o0', 'found', 'id', 'name', 'nodes', 'organization_id', 'r0', 'select'],
  ...['constructor', 'toString', '__proto__', 'A', 'a', 'null', 'order', 'user', 'x'.repeat(63)],
]
const TOO_LONG = 'x'.repeat(64)

/** What every key of the answer stands for; it can be asked for again, and for nothing else. */
export class Keys {
  private readonly meanings = new Map<string, string>()

  get size(): number {
    return this.meanings.size
  }

  claim(path: readonly string[], meaning: string): boolean {
    const key = path.join('.')
    const known = this.meanings.get(key)
    if (known === undefined) this.meanings.set(key, meaning)
    return known === undefined || known === meaning
  }

  /** The field's own name where it can be had, at times another. */
  of(choices: Choices, field: string, meaning: string, path: readonly string[]): string {
    const wanted = choices.chance(12) ? choices.of(choices.chance(1) ? [TOO_LONG] : ALIASES) : field
    const free = [wanted, field].find((key) => this.claim([...path, key], meaning))
    if (free) return free
    const made = `k${this.size}`
    this.claim([...path, made], meaning)
    return made
  }
}
