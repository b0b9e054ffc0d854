import type { ExecutionResult } from 'graphql'

/** What one statement read: the text of `data`, parsed only for those who want its values. */
export class Answered {
  readonly json: string
  #data: Record<string, unknown> | undefined

  constructor(json: string) {
    this.json = json
  }

  get data(): Record<string, unknown> {
    this.#data ??= JSON.parse(this.json) as Record<string, unknown>
    return this.#data
  }

  toJSON(): ExecutionResult {
    return { data: this.data }
  }
}
