import type { InputFieldRef } from '@pothos/core'
import { builder } from '../builder.ts'
import type { EnumFilter, FilterType, List } from './declare.ts'

type Operator = 'eq' | 'ne' | 'in' | 'notIn' | 'gt' | 'gte' | 'lt' | 'lte' | 'contains' | 'startsWith' | 'isNull'

const EQUALITY: Operator[] = ['eq', 'ne', 'in', 'notIn', 'isNull']
const RANGE: Operator[] = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'isNull']
const OPERATORS: Record<string, Operator[]> = {
  String: [...EQUALITY, 'contains', 'startsWith'],
  ID: EQUALITY,
  Boolean: ['eq', 'isNull'],
  Int: [...RANGE, 'in'],
  Float: RANGE,
  Decimal: RANGE,
  DateTime: RANGE,
  Date: RANGE,
}

const MEANING: Record<Operator, string> = {
  eq: 'Equal to this.',
  ne: 'Not equal to this.',
  in: 'One of these.',
  notIn: 'None of these.',
  gt: 'Greater (later) than this.',
  gte: 'This or greater (later).',
  lt: 'Less (earlier) than this.',
  lte: 'This or less (earlier).',
  contains: 'Contains this text, in any case.',
  startsWith: 'Starts with this text, in any case.',
  isNull: 'True: only rows without a value; false: only rows with one.',
}

const built = new Map<string, ReturnType<typeof builder.inputRef>>()

/** One operator input per scalar and per enum, shared by every list. */
function comparison(type: FilterType) {
  const name = typeof type === 'string' ? type : (type as EnumFilter & { name: string }).name
  const known = built.get(name)
  if (known) return known
  const ref = builder.inputRef(`${name}Comparison`)
  built.set(name, ref)
  ref.implement({
    description: `Compares a ${name}. All conditions given must hold.`,
    fields: (t) => {
      const field = (operator: Operator): InputFieldRef<never, unknown> => {
        const value = operator === 'isNull' ? 'Boolean' : type
        const listed = operator === 'in' || operator === 'notIn'
        return t.field({ type: (listed ? [value] : value) as 'String', description: MEANING[operator] }) as never
      }
      const operators = typeof type === 'string' ? OPERATORS[type]! : EQUALITY
      return Object.fromEntries(operators.map((operator) => [operator, field(operator)]))
    },
  })
  return ref
}

export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Rows without a value come last in both directions.',
  values: { ASC: { value: 'asc' }, DESC: { value: 'desc' } } as const,
})

const upper = (column: string): string => column.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()

/** `LeadFilter`: one comparison per declared field, joined by and, or, not. */
export function filterInput(list: List) {
  const ref = builder.inputRef(`${list.type}Filter`)
  ref.implement({
    description: `Narrows a list of ${list.type}. All conditions given must hold.`,
    fields: (t) => ({
      ...Object.fromEntries(
        Object.entries(list.filters).map(([name, { type }]) => [name, t.field({ type: comparison(type) as never })]),
      ),
      and: t.field({ type: [ref] as never, description: 'All of these hold.' }),
      or: t.field({ type: [ref] as never, description: 'At least one of these holds.' }),
      not: t.field({ type: ref as never, description: 'This does not hold.' }),
    }),
  })
  return ref
}

/** `LeadOrder`: a declared field and a direction. */
export function orderInput(list: List) {
  const field = builder.enumType(`${list.type}OrderField`, {
    description: `What a list of ${list.type} can be ordered by.`,
    values: Object.fromEntries(list.order.map((column) => [upper(column), { value: column }])),
  })
  return builder.inputType(`${list.type}Order`, {
    description: `An order for a list of ${list.type}.`,
    fields: (t) => ({
      field: t.field({ type: field, required: true }),
      direction: t.field({ type: OrderDirection, defaultValue: 'asc' }),
    }),
  })
}
