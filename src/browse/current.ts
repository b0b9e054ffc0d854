import type { View } from '../rest/view.ts'
import type { Field } from './control.ts'
import { isObject, type Json, type JsonObject, plain } from './json.ts'

const MASKED = /^\*+$/

const LIST_OF_IDS = /^(.+)Ids$/

/** The key of the answer that shows what a field of the body sets: `assigned_to` for `assigned_to_id`. */
function shownAs({ slot, name }: Field, view: View): string | undefined {
  return (view.find(({ field }) => field.name === slot.name) ?? view.find(({ to }) => to === name))?.to
}

const listAs = ({ slot }: Field, view: View): string | undefined => {
  const list = LIST_OF_IDS.exec(slot.name)?.[1]
  return view.find(({ field }) => field.name === `${list}s`)?.to
}

/** Fields in the order in which the answer shows them; what it never shows comes last. */
export function inOrder(fields: readonly Field[], view: View | undefined): Field[] {
  const keys = view?.map(({ to }) => to) ?? []
  const place = (field: Field) => {
    const at = keys.indexOf(shownAs(field, view ?? []) ?? listAs(field, view ?? []) ?? '')
    return at === -1 ? keys.length : at
  }
  return fields.toSorted((one, other) => place(one) - place(other))
}

/** `tag_ids` are the ids of what the answer shows as `tags`. */
function idsOf(field: Field, row: JsonObject, view: View): Json | undefined {
  const key = listAs(field, view)
  const shown = key === undefined ? undefined : row[key]
  if (!Array.isArray(shown)) return undefined
  return shown.flatMap((each: Json) => (isObject(each) && each.id !== undefined ? [each.id] : []))
}

function written({ kind }: Field, value: Json): string {
  if (kind !== 'json') return plain(value)
  if (Array.isArray(value)) return `[${value.map((each) => JSON.stringify(each)).join(', ')}]`
  return value === null ? '' : JSON.stringify(value, null, 2)
}

/** What a field holds now, as it would be typed; undefined for what the answer does not show, or shows masked. */
export function currentText(field: Field, row: JsonObject | undefined, view: View | undefined): string | undefined {
  if (field.kind === 'secret' || !row || !view) return undefined
  const key = shownAs(field, view)
  const value = key === undefined ? idsOf(field, row, view) : row[key]
  return value === undefined || (typeof value === 'string' && MASKED.test(value)) ? undefined : written(field, value)
}
