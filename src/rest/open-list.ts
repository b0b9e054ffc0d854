import { type GraphQLEnumType, GraphQLString, getNamedType, isEnumType, isInputObjectType } from 'graphql'
import type { Dialect } from './dialect.ts'
import type { RootField } from './endpoint.ts'
import { enumWords } from './json-schema.ts'
import type { Parameter } from './parameters.ts'
import { readerOf } from './reading.ts'

/** The operators of a list whose filter is a list of conditions, by the words that addresses use. */
function operatorsOf(field: RootField): Map<string, string> {
  const filter = getNamedType(field.args.find(({ name }) => name === 'filter')?.type)
  const type = isInputObjectType(filter) ? getNamedType(filter.getFields().op?.type) : undefined
  if (!isEnumType(type)) throw new Error('the filter is no list of conditions')
  return new Map([...enumWords(type as GraphQLEnumType)].map(([name, word]) => [word, name]))
}

/** `price.gte` is the column price and an operator; a name with neither a point nor an operator is a column to be equal to. */
function conditionOf(name: string, value: string, operators: ReadonlyMap<string, string>) {
  const [, column, word] = /^(.+)\.(\w+)$/s.exec(name) ?? []
  const op = word === undefined ? undefined : operators.get(word)
  return op === undefined ? { column: name, op: 'EQ', value } : { column, op, value }
}

/** Whatever is asked beside the declared parameters: the columns are known to whoever answers. */
function columnsParameter(field: RootField, dialect: Dialect): Parameter {
  const read = readerOf(GraphQLString, dialect)
  const operators = operatorsOf(field)
  const words = [...operators.keys()].join(', ')
  return {
    name: 'filter',
    fills: 'filter',
    in: 'query',
    required: false,
    open: true,
    schema: { type: 'object', additionalProperties: { type: 'string' } },
    description: `Any column: \`column=value\`, or \`column.operator=value\` with one of ${words}. All must hold.`,
    apply(text, variables, problems) {
      const asked = JSON.parse(text) as [name: string, value: string][]
      for (const [name, value] of asked) {
        read(name, name, problems)
        read(value, name, problems)
      }
      variables.filter = asked.map(([name, value]) => conditionOf(name, value, operators))
    },
  }
}

const orderParameter = (dialect: Dialect): Parameter => {
  const read = readerOf(GraphQLString, dialect)
  return {
    name: 'ordering',
    fills: 'orderBy',
    in: 'query',
    required: false,
    schema: { type: 'string', example: '-id' },
    description: 'Columns to sort by, separated by commas, a `-` before one for descending.',
    apply(text, variables, problems) {
      read(text, 'ordering', problems)
      variables.orderBy = text.split(',').map((each) => ({
        column: each.trim().replace(/^-/, ''),
        direction: each.trim().startsWith('-') ? 'DESC' : 'ASC',
      }))
    },
  }
}

/** How a list is narrowed and ordered whose columns nobody knows before it is asked. */
export const openParameters = (field: RootField, dialect: Dialect): Parameter[] => [
  columnsParameter(field, dialect),
  orderParameter(dialect),
]
