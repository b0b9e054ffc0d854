import { type GraphQLInputType, getNullableType, isInputObjectType, isListType, isNonNullType } from 'graphql'
import { type About, aboutField, given, type Inputs, jsonFor, literal } from './inputs.ts'

type Values = Record<string, unknown>

/** Writes the values of a document's arguments: some into the document itself, some into variables. */
export class Variables {
  /** Two sets of values that the same document is sent with. */
  readonly first: Values = {}
  readonly second: Values = {}
  private readonly declared: string[] = []
  private readonly inputs: Inputs

  constructor(inputs: Inputs) {
    this.inputs = inputs
  }

  get head(): string {
    return this.declared.length ? `query (${this.declared.join(', ')})` : 'query'
  }

  declare(type: string): string {
    const name = `v${this.declared.length}`
    this.declared.push(`$${name}: ${type}`)
    return name
  }

  /** Left out, null, or a value. */
  private set(values: Values, name: string, nullable: boolean, make: () => unknown): void {
    const { choices } = this.inputs
    if (nullable && choices.chance(12)) return
    values[name] = nullable && choices.chance(12) ? null : make()
  }

  variable(type: GraphQLInputType, make: () => unknown): string {
    const { choices } = this.inputs
    const fallback = choices.chance(25) ? ` = ${literal(type, this.insisted(make))}` : ''
    const nullable = !isNonNullType(type) && !choices.chance(20)
    const name = this.declare(`${getNullableType(type)}${nullable ? '' : '!'}${fallback}`)
    this.set(this.first, name, nullable, () => make() ?? this.insisted(make))
    if (choices.chance(40)) this.set(this.second, name, nullable, () => make() ?? this.insisted(make))
    else if (name in this.first) this.second[name] = this.first[name]
    else if (choices.chance(50)) this.second[name] = null
    return `$${name}`
  }

  private insisted(make: () => unknown): unknown {
    for (;;) {
      const made = make()
      if (made !== null) return made
    }
  }

  /** A value for a place of a document. */
  text(type: GraphQLInputType, name: string, about: About, depth = 0): string {
    const { inputs } = this
    if (inputs.choices.chance(30)) return this.variable(type, () => jsonFor(inputs, type, name, about, depth))
    const bare = getNullableType(type)
    if (isListType(bare) && isInputObjectType(getNullableType(bare.ofType)) && !inputs.choices.chance(50))
      return `[${this.text(bare.ofType, name, about, depth + 1)}]`
    if (!isInputObjectType(bare)) return literal(type, jsonFor(inputs, type, name, about, depth))
    const fields = given(inputs, bare, depth).map(
      (field) => `${field.name}: ${this.text(field.type, field.name, aboutField(bare, field.name, about), depth + 1)}`,
    )
    return `{${fields.join(', ')}}`
  }

  condition(): string {
    const { choices } = this.inputs
    if (choices.chance(50)) return choices.chance(70) ? 'true' : 'false'
    const name = this.declare('Boolean!')
    this.first[name] = choices.chance(70)
    this.second[name] = choices.chance(70)
    return `$${name}`
  }
}
