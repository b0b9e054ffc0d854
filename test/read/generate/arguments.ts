import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isRequiredArgument,
} from 'graphql'
import { schema } from '../../../src/schema.ts'
import { isConnection, nodeOf } from '../../guards/generate/selection.ts'
import type { Choices } from './choices.ts'
import type { Variables } from './variables.ts'

const CHANCES: Record<string, number> = { first: 80, offset: 10, filter: 30, orderBy: 40, search: 12, after: 0 }
const ODD_NUMBERS = [-1, 50, 200, 201, 1001]
/** Whose values are worth asking for, by the argument's name. */
const ABOUT: Record<string, string> = { id: 'id', search: 'name' }

function pageNumber({ name, type }: GraphQLArgument, choices: Choices, variables: Variables): string {
  const number = () => (choices.chance(2) ? choices.of(ODD_NUMBERS) : choices.below(name === 'first' ? 5 : 3))
  return choices.chance(35) ? variables.variable(type, number) : String(number())
}

/** What a field is given, but for `after`. */
export function writeArguments(
  { args, type }: GraphQLField<unknown, unknown>,
  parent: GraphQLObjectType,
  choices: Choices,
  variables: Variables,
): string[] {
  const list = isConnection(type)
  const own = list ? nodeOf(type).name : getNamedType(type).name
  const about = parent === schema.getQueryType() || list ? own : parent.name
  return args
    .filter((arg) => isRequiredArgument(arg) || choices.chance(CHANCES[arg.name] ?? 50))
    .map((arg) => {
      const value =
        list && (arg.name === 'first' || arg.name === 'offset')
          ? pageNumber(arg, choices, variables)
          : variables.text(arg.type, arg.name, { type: about, field: ABOUT[arg.name] ?? '' })
      return `${arg.name}: ${value}`
    })
}
