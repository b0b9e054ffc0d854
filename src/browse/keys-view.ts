import { type GraphQLOutputType, isEnumType, isLeafType, isListType, isNonNullType } from 'graphql'
import type { Dialect } from '../rest/dialect.ts'
import { leafSchema } from '../rest/json-schema.ts'
import type { View, ViewField } from '../rest/view.ts'
import { described, type Html, html, type Part } from './html.ts'

function typeWords(type: GraphQLOutputType, dialect: Dialect): string {
  if (isNonNullType(type)) return typeWords(type.ofType, dialect)
  if (isListType(type)) return `list of ${typeWords(type.ofType, dialect)}`
  if (!isLeafType(type)) return 'object'
  const { type: name = 'string', format, enum: words } = leafSchema(type, dialect)
  return isEnumType(type) ? `one of ${words!.join(', ')}` : format ? `${name}, ${format}` : name
}

const row = (dialect: Dialect, { to, field, type, optional }: ViewField): Html =>
  html`<div><dt><code>${to}</code></dt>
<dd><span class="type">${typeWords(type, dialect)}${!isNonNullType(type) && ' or null'}${optional && ', may be absent'}</span>${field.description && html` ${described(field.description)}`}</dd></div>
`

/** What the keys of an answer mean. */
export const keysHtml = (view: View | undefined, dialect: Dialect | undefined): Part =>
  view &&
  dialect &&
  html`<details class="keys"><summary>What the keys mean</summary>
<dl>${view.map((field) => row(dialect, field))}</dl>
</details>
`
