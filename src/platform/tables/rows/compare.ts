import type { ColumnType, Kind } from '../columns/types.ts'

/** As what a value is compared, whatever the length or the digits of its column. */
const AS: Partial<Record<Kind, string>> = {
  ...{ text: 'text', boolean: 'boolean', integer: 'bigint', numeric: 'numeric' },
  ...{ date: 'date', time: 'time', moment: 'timestamptz', uuid: 'uuid' },
}

export const isComparable = ({ kind }: ColumnType): boolean => kind !== 'json' && kind !== 'other'

/** A column's type for what it is compared with: no shorter, no narrower. */
export const comparable = (type: ColumnType): ColumnType => ({
  ...{ name: type.name, kind: type.kind, sql: AS[type.kind] ?? type.sql },
  ...(type.kind === 'float' && type.bits !== undefined && { bits: type.bits }),
})

/** A parameter that holds a text, as a value of the type. */
export const cast = (type: ColumnType, parameter: string): string => `${parameter}::text::${comparable(type).sql}`
export const castAll = (type: ColumnType, parameter: string): string =>
  `${parameter}::text[]::${comparable(type).sql}[]`
