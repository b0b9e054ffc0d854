import type { Dialect } from './dialect.ts'
import type { Endpoint } from './endpoint.ts'
import { Problems } from './problems.ts'

/** Django REST framework takes `format` on every route. */
const TOLERATED = new Set(['format'])

const tolerated = (name: string, dialect: Dialect) => dialect.name === 'clientst0r' && TOLERATED.has(name)

/**
 * The query parameters that a route declares; an unknown one is a mistake, because a filter that is misspelled and
 * ignored answers with rows that nobody asked for. An empty value means the parameter was not given.
 */
export function readQuery(
  search: string,
  endpoint: Endpoint,
  params: Record<string, string | undefined>,
): Record<string, string | undefined> {
  const given: Record<string, string | undefined> = Object.create(null)
  for (const { name } of endpoint.parameters) given[name] = undefined
  if (search !== '') collect(new URLSearchParams(search), endpoint, given)
  return Object.assign(given, params)
}

const unknown = (valid: readonly string[]): string =>
  valid.length ? `Unknown parameter; the valid ones are ${valid.join(', ')}.` : 'This route takes no parameters.'

function collect(search: URLSearchParams, endpoint: Endpoint, given: Record<string, string | undefined>): void {
  const { dialect, parameters } = endpoint
  const problems = new Problems()
  const open = parameters.find((each) => each.open)
  const valid = parameters.filter((each) => each.in === 'query' && each !== open).map(({ name }) => name)
  const beyond: [name: string, value: string][] = []
  const seen = new Set<string>()
  for (const [name, value] of search) {
    if (tolerated(name, dialect)) continue
    const isKnown = valid.includes(name)
    if (!isKnown && !open) problems.add(name, unknown(valid))
    else if (seen.has(name) && dialect.repeats === 'refuse') problems.add(name, 'Given more than once; give it once.')
    else if (isKnown) given[name] = value === '' ? undefined : value
    else if (value !== '') beyond.push([name, value])
    seen.add(name)
  }
  if (problems.error) throw problems.error
  if (open && beyond.length) given[open.name] = JSON.stringify(beyond)
}
