import { type DocumentNode, parse, validate } from 'graphql'
import { expect } from 'vitest'
import type { Context } from '../../src/core/context.ts'
import { createExecute, type Execute } from '../../src/graph/execute.ts'
import { createReader, type Read } from '../../src/read/reader.ts'
import { schema } from '../../src/schema.ts'
import type { TestServer } from '../kit/server.ts'
import { Callers } from './generate/callers.ts'
import { Choices } from './generate/choices.ts'
import { type Made, writeDocument } from './generate/document.ts'
import { Samples } from './generate/samples.ts'

type Values = Record<string, unknown>
type Asker = { callers: Callers; samples: Samples }

/** Of lists on the way, the first row counts. */
const valueAt = (data: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => {
    const one = Array.isArray(inner) ? inner[0] : inner
    return typeof one === 'object' && one !== null ? (one as Values)[key] : undefined
  }, data)

/** The reader and the ordinary executor, side by side. */
export class Oracle {
  documents = 0
  /** Documents of which the reader answered the first run. */
  answered = 0
  private readonly execute: Execute
  private readonly read: Read
  private readonly askers: Asker[] = []
  private readonly faults: unknown[] = []

  private constructor({ app: { tables, pool } }: TestServer) {
    this.execute = createExecute(schema, (error) => this.faults.push(error))
    this.read = createReader({ schema, tables, pool, report: (error) => this.faults.push(error) })
  }

  static async of(server: TestServer): Promise<Oracle> {
    const oracle = new Oracle(server)
    for (const organization of [0, 1]) {
      const callers = await Callers.of(server, organization)
      oracle.askers.push({ callers, samples: await Samples.of(oracle.execute, callers.full) })
    }
    return oracle
  }

  get full(): Context {
    return this.askers[0]!.callers.full
  }

  get share(): number {
    return this.answered / this.documents
  }

  /** What the reader answers, once the executor has said the same; undefined where the reader leaves it to the executor. */
  async compare(document: DocumentNode, variables: Values, ctx: Context): Promise<Values | undefined> {
    const [operation] = document.definitions
    if (operation?.kind !== 'OperationDefinition') throw new Error('The operation does not stand first.')
    const json = await this.read(document, operation, variables, { ...ctx })
    if (json === undefined) return undefined
    const { data, errors } = await this.execute(document, variables, { ...ctx })
    expect(errors, `The executor refuses what the reader answers: ${this.faults.pop()}`).toBeUndefined()
    const read = JSON.parse(json) as Values
    const told: unknown = JSON.parse(JSON.stringify(data))
    expect(read).toEqual(told)
    expect(JSON.stringify(read)).toBe(JSON.stringify(told))
    return read
  }

  /** One random document as somebody who may do everything, then with other variables, then as anybody. */
  async ask(numbers: ArrayLike<number>): Promise<void> {
    const choices = new Choices(numbers)
    const asker = this.askers[choices.chance(25) ? 1 : 0]!
    const made = writeDocument(choices, asker.samples)
    try {
      await this.askAll(made, asker.callers.full, choices)
    } catch (cause) {
      const { text, first, second } = made
      throw new Error(`${(cause as Error).message}\n${text}\n${JSON.stringify([first, second])}`, { cause })
    }
  }

  private async askAll({ text, first, second, continuations }: Made, full: Context, choices: Choices): Promise<void> {
    const document = parse(text)
    expect(validate(schema, document)).toEqual([])
    const data = await this.compare(document, first, full)
    this.documents += 1
    if (data) this.answered += 1
    for (const { variable, path } of continuations) second[variable] = valueAt(data, path) ?? null
    await this.compare(document, second, full)
    const anybody = choices.of(this.askers).callers.any(choices)
    await this.compare(document, choices.chance(50) ? second : first, anybody)
  }
}
