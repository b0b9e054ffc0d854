import findMyWay from 'find-my-way'
import type { DialectName, RestMethod } from '../core/rest.ts'
import { ownerOf } from './dialects/all.ts'
import type { Endpoint } from './endpoint.ts'

export type Match = { dialect: DialectName; allow: readonly string[] } & (
  | {
      kind: 'route'
      endpoint: Endpoint
      params: Record<string, string | undefined>
      public: boolean
      siblings: Siblings
    }
  | { kind: 'index' }
  | { kind: 'options' }
  | { kind: 'wrong-method' }
  | { kind: 'unknown' }
)

export type Siblings = Partial<Record<RestMethod, Endpoint>>

type Place = { dialect: DialectName; endpoints: Siblings; allow: readonly string[] }

const INDEX = '/api/'
const MAX_SEGMENT = 1024

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

const allowed = (methods: readonly string[]): readonly string[] => [
  ...METHODS.filter((method) => methods.includes(method)),
  ...(methods.includes('GET') ? ['HEAD'] : []),
  'OPTIONS',
]

const slashless = (path: string) => path.replace(/\/$/, '')

function placesOf(endpoints: readonly Endpoint[]): Map<string, Place> {
  const places = new Map<string, Place>()
  for (const endpoint of endpoints)
    for (const path of [endpoint.path, ...(endpoint.route.also ?? [])].map(slashless)) {
      const place = places.get(path) ?? { dialect: endpoint.dialect.name, endpoints: {}, allow: [] }
      if (place.dialect !== endpoint.dialect.name || place.endpoints[endpoint.method])
        throw new Error(`${endpoint.method} ${path} has two owners.`)
      place.endpoints[endpoint.method] = endpoint
      place.allow = allowed(Object.keys(place.endpoints))
      places.set(path, place)
    }
  return places
}

function matched(place: Place, method: string, params: Record<string, string | undefined>): Match {
  const { dialect, allow, endpoints } = place
  if (method === 'OPTIONS') return { kind: 'options', dialect, allow }
  const asked = method === 'HEAD' ? 'GET' : method
  const endpoint = Object.hasOwn(endpoints, asked) ? endpoints[asked as RestMethod] : undefined
  if (!endpoint) return { kind: 'wrong-method', dialect, allow }
  return {
    kind: 'route',
    dialect,
    allow,
    endpoint,
    params,
    public: endpoint.route.public === true,
    siblings: endpoints,
  }
}

function matchedIndex(method: string): Match {
  const shared = { dialect: 'clientst0r', allow: allowed(['GET']) } as const
  if (method === 'OPTIONS') return { kind: 'options', ...shared }
  return { kind: method === 'GET' || method === 'HEAD' ? 'index' : 'wrong-method', ...shared }
}

/** One radix tree for all paths of all dialects; the methods of a path hang on its leaf. */
export function createMatch(endpoints: readonly Endpoint[]): (method: string, path: string) => Match | undefined {
  const tree = findMyWay({ ignoreTrailingSlash: true, maxParamLength: MAX_SEGMENT })
  for (const [path, place] of placesOf(endpoints)) tree.on('GET', path as '/', () => undefined, place)
  return (method, path) => {
    const owner = ownerOf(path)
    if (!owner) return undefined
    if (path === INDEX || path === slashless(INDEX)) return matchedIndex(method)
    const found = tree.find('GET', path)
    return found ? matched(found.store as Place, method, found.params) : { kind: 'unknown', dialect: owner, allow: [] }
  }
}
