import type pg from 'pg'
import { serialize } from 'pg-protocol'

type Setting = { name: string; text: string }

/**
 * Sets the scope (the role, the organization and, where it matters, the person) and returns no row, so that its answer cannot
 * be taken for the statement's. What is not set is nobody's: it ended with the transaction before.
 */
const SCOPE: Setting = {
  name: 'scope',
  text: "SELECT 1 WHERE set_config('role', $1, true) IS NULL OR set_config('opsgraph.organization_id', $2, true) IS NULL",
}
const PERSON: Setting = {
  name: 'scope-person',
  text: `${SCOPE.text} OR set_config('opsgraph.user_id', $3, true) IS NULL`,
}

/** The same for a statement that is planned once, where PostgreSQL would plan it anew for each pattern looked for. */
const planned = ({ name, text }: Setting): Setting => ({
  name: `${name}-planned`,
  text: `${text} OR set_config('plan_cache_mode', 'force_generic_plan', true) IS NULL`,
})

const PLANNED = planned(SCOPE)
const PLANNED_PERSON = planned(PERSON)

/** Role and organization, and perhaps a person. */
export type ScopeValues = readonly [string, string] | readonly [string, string, string]

const settingOf = (scope: ScopeValues, once: boolean | undefined): Setting =>
  scope.length === 2 ? (once ? PLANNED : SCOPE) : once ? PLANNED_PERSON : PERSON

/** The name of the statement that sets it. */
export const settingName = (scope: ScopeValues, once: boolean | undefined): string => settingOf(scope, once).name

/** It sets all that any other such scope sets, and so may follow one in the same transaction. */
export const replacesOthers = (scope: ScopeValues, once: boolean | undefined): boolean =>
  settingOf(scope, once) === SCOPE

export const scopeStatement = (values: ScopeValues): pg.QueryConfig => ({
  ...settingOf(values, false),
  values: [...values],
})

const known = new Map<string, Buffer>()
const MOST = 2000

/** The bytes that set a scope, which many statements are sent behind. */
export function scopeBytes(values: ScopeValues, once: boolean | undefined): Buffer {
  const { name } = settingOf(values, once)
  const key = `${name} ${values.join(' ')}`
  let bytes = known.get(key)
  if (!bytes) {
    if (known.size >= MOST) known.clear()
    bytes = Buffer.concat([serialize.bind({ statement: name, values: [...values] }), serialize.execute()])
    known.set(key, bytes)
  }
  return bytes
}

const prepared = new WeakSet<object>()

const NOBODY = ['none', '', '']

export const hasLearnt = (client: object): boolean => prepared.has(client)

/** A connection learns the scope's statements once, before it carries anything. */
export async function learnScope(client: pg.ClientBase): Promise<void> {
  const of = ({ text }: Setting) => NOBODY.slice(0, text.includes('$3') ? 3 : 2)
  await Promise.all([SCOPE, PERSON, PLANNED, PLANNED_PERSON].map((each) => client.query({ ...each, values: of(each) })))
  prepared.add(client)
}
