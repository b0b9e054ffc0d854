import { randomBytes } from 'node:crypto'
import type { App } from '../../../src/app.ts'
import * as enums from '../../../src/db/generated/enums.ts'
import { getDatamodel } from '../../../src/db/generated/pothos.ts'
import { OwnRows, tableOf } from '../../guards/generate/rows.ts'
import type { Choices } from './choices.ts'
import * as hostile from './values.ts'

type Field = {
  name: string
  kind: string
  type: string
  isRequired: boolean
  isList: boolean
  relationFromFields?: string[]
}
type Model = { fields: Field[] }
type Column = { table: string; name: string; type: string; precision: number; scale: number; length: number | null }
export type Columns = ReadonlyMap<string, Column>

const ENUMS: Record<string, Record<string, string>> = { ...enums }
const models = (getDatamodel() as unknown as { datamodel: { models: Record<string, Model> } }).datamodel.models

const ROWS = 14
const BIG_ID = 900_719_925_474_099_000n

const snake = (name: string): string => name.replace(/[A-Z]/g, '_$&').toLowerCase()

export async function columnsOf({ query }: App): Promise<Columns> {
  const rows = await query<Column>(
    `SELECT table_name AS table, column_name AS name, data_type AS type, numeric_precision AS precision,
       numeric_scale AS scale, character_maximum_length AS length
     FROM information_schema.columns WHERE table_schema = 'public'`,
    [],
  )
  return new Map(rows.map((column) => [`${column.table}.${column.name}`, column]))
}

/** Fills an organization's tables. */
export class Filler {
  private readonly app: App
  private readonly columns: Columns
  private readonly choices: Choices
  private readonly own: OwnRows

  constructor(app: App, columns: Columns, choices: Choices, organizationId: number) {
    this.app = app
    this.columns = columns
    this.choices = choices
    this.own = new OwnRows(app, organizationId)
  }

  private text({ length }: Column): string {
    const text = this.choices.of(hostile.HOSTILE_TEXTS)
    return length ? [...text].slice(0, length).join('') : text
  }

  private scalar(type: string, column: Column): unknown {
    const { choices } = this
    const made: Record<string, () => unknown> = {
      String: () => this.text(column),
      Int: () => choices.of(column.type === 'smallint' ? [0, -32_768, 32_767, 7] : [0, 1, -5, 2_147_483_647]),
      BigInt: () => BIG_ID + BigInt(choices.below(10_000)),
      Float: () => choices.of(hostile.HOSTILE_FLOATS),
      Boolean: () => choices.chance(50),
      Decimal: () => choices.of(hostile.hostileDecimals(column.precision, column.scale)),
      DateTime: () => new Date(choices.of(column.type === 'date' ? hostile.HOSTILE_DATES : hostile.HOSTILE_TIMES)),
      Json: () => choices.of(hostile.HOSTILE_JSON),
      Bytes: () => Uint8Array.from(randomBytes(32)),
    }
    return made[type]!()
  }

  private value(model: string, { name, kind, type, isList, isRequired }: Field): unknown {
    const column = this.columns.get(`${tableOf(model)}.${snake(name)}`)!
    const one = () => (kind === 'enum' ? this.choices.of(Object.values(ENUMS[type]!)) : this.scalar(type, column))
    if (isList) return Array.from({ length: this.choices.below(4) }, one)
    return !isRequired && this.choices.chance(40) ? null : one()
  }

  private async references(model: string): Promise<Map<string, readonly (number | null)[]>> {
    const found = new Map<string, readonly (number | null)[]>()
    for (const { type, isRequired, relationFromFields = [] } of models[model]!.fields) {
      const column = relationFromFields.find((name) => name !== 'organizationId')
      if (!column) continue
      const ids = (await this.own.ids(type)).filter((_id, at, all) => at < 5 || at === all.length - 1)
      found.set(column, isRequired ? ids : [null, ...ids])
    }
    return found
  }

  async fill(model: string): Promise<void> {
    const references = await this.references(model)
    const columns = models[model]!.fields.filter(
      ({ kind, name, type }) => kind !== 'object' && (name !== 'id' || type === 'BigInt'),
    )
    const rowOf = () =>
      Object.fromEntries(
        columns.map((field) => {
          const ids = references.get(field.name)
          return [field.name, ids ? this.choices.of(ids) : this.value(model, field)]
        }),
      )
    const data = Array.from({ length: ROWS }, () => ({ ...rowOf(), organizationId: this.own.organizationId }))
    const delegate = this.app.prisma[(model[0]!.toLowerCase() + model.slice(1)) as 'lead']
    await delegate.createMany({ data: data as never, skipDuplicates: true })
  }
}
