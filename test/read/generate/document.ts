import { type GraphQLField, type GraphQLObjectType, getNamedType, isLeafType, isObjectType } from 'graphql'
import { schema } from '../../../src/schema.ts'
import { fieldsOf, isConnection, modelOf } from '../../guards/generate/selection.ts'
import { writeArguments } from './arguments.ts'
import type { Choices } from './choices.ts'
import { Keys } from './keys.ts'
import { isPlain } from './plain.ts'
import type { Samples } from './samples.ts'
import { Variables } from './variables.ts'

type Field = GraphQLField<unknown, unknown>
/** Where a selection stands: keys of the answer from its root. */
type Place = { type: GraphQLObjectType; path: readonly string[]; depth: number }
export type Continuation = { variable: string; path: readonly string[] }

export type Made = {
  text: string
  first: Record<string, unknown>
  second: Record<string, unknown>
  /** Variables that wait for the cursor of a page of the first answer. */
  continuations: readonly Continuation[]
}

const DEEPEST = 4
const MOST_FIELDS = 45
const TYPENAME = { name: '__typename', args: [], type: schema.getType('String') } as unknown as Field

/** From one row to others. */
const isStep = ({ name, type }: Field): boolean =>
  isConnection(type) || (modelOf(type) !== undefined && name !== 'nodes' && name !== 'node')

/** Writes one random document that the schema allows. */
class Writer {
  readonly variables: Variables
  readonly fragments: string[] = []
  readonly continuations: Continuation[] = []
  private readonly choices: Choices
  private readonly strange: boolean
  private readonly keys = new Keys()
  private left = MOST_FIELDS

  constructor(choices: Choices, samples: Samples) {
    this.choices = choices
    this.strange = choices.chance(12)
    this.variables = new Variables({ choices, samples })
  }

  private directive(): string {
    const { choices, variables } = this
    if (!choices.chance(7)) return ''
    if (choices.chance(50)) return ` @include(if: ${variables.condition()})`
    return ` @skip(if: ${choices.chance(70) ? 'false' : variables.condition()})`
  }

  /** Where the page ends is asked for, so that the next page can be. */
  private ending(variable: string, path: readonly string[]): string {
    const page = [...path, 'pageInfo']
    const end = [...page, 'endCursor']
    if (!this.keys.claim(page, 'pageInfo') || !this.keys.claim(end, 'endCursor')) return ''
    this.continuations.push({ variable, path: end })
    return 'pageInfo { endCursor } '
  }

  private field(field: Field, { type, path, depth }: Place): string {
    const { choices, variables } = this
    this.left -= 1
    const args = writeArguments(field, type, choices, variables)
    const after = isConnection(field.type) && choices.chance(15) ? variables.declare('String') : undefined
    if (after) args.push(`after: $${after}`)
    const call = field.name + (args.length ? `(${args.join(', ')})` : '')
    // Pothos mixes up a list below a row that is asked for in two pieces, beside the same list under other arguments.
    const once = isConnection(field.type) && path.length > 0
    const key = this.keys.of(choices, field.name, once ? `${call} ${this.keys.size}` : call, path)
    const inner = [...path, key]
    const head = `${key === field.name ? '' : `${key}: `}${call}`
    const named = getNamedType(field.type)
    if (!isObjectType(named)) return head + this.directive()
    const below = { type: named, path: inner, depth: depth + (isStep(field) ? 1 : 0) }
    const whole = (more = '') => `${head}${this.directive()} { ${more}${this.selection(below)} }`
    const written = whole(after && this.ending(after, inner))
    return !once && choices.chance(8) ? `${written} ${whole()}` : written
  }

  private candidates({ type, depth }: Place): Field[] {
    const allowed = fieldsOf(type).filter((field) => this.strange || isPlain(type, field))
    const leaves = allowed.filter(({ type: of }) => isLeafType(getNamedType(of)))
    const nested = allowed.filter((field) => !leaves.includes(field))
    if (!leaves.length) return nested
    if (this.left <= 0 || (depth >= DEEPEST && modelOf(type)) || !nested.length) return leaves
    return this.choices.chance(modelOf(type) ? 25 : 75) ? nested : leaves
  }

  private fragment(place: Place): string {
    const { name } = place.type
    const body = `{ ${this.selection(place)} }`
    if (this.choices.chance(40)) return `... ${this.choices.chance(70) ? `on ${name}` : ''}${this.directive()} ${body}`
    const title = `F${this.fragments.length}`
    this.fragments.push(`fragment ${title} on ${name} ${body}`)
    return `...${title}${this.directive()}${this.choices.chance(20) ? ` ...${title}` : ''}`
  }

  private part(place: Place): string {
    const isRoot = place.path.length === 0
    if (this.left > 0 && this.choices.chance(8)) return this.fragment(place)
    if (this.choices.chance(6) && (!isRoot || this.strange)) return this.field(TYPENAME, place)
    return this.field(this.choices.of(this.candidates(place)), place)
  }

  selection(place: Place): string {
    this.left -= 1
    const parts = 1 + this.choices.below(place.path.length === 0 ? 2 : 5)
    return Array.from({ length: parts }, () => this.part(place)).join(' ')
  }
}

export function writeDocument(choices: Choices, samples: Samples): Made {
  const writer = new Writer(choices, samples)
  const selection = writer.selection({ type: schema.getQueryType()!, path: [], depth: 0 })
  const { variables, fragments, continuations } = writer
  const text = [`${variables.head} { ${selection} }`, ...fragments].join('\n')
  return { text, first: variables.first, second: variables.second, continuations }
}
