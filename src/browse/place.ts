import type { Endpoint } from '../rest/endpoint.ts'
import { lastSegment } from '../rest/list.ts'
import type { Match, Siblings } from '../rest/match.ts'
import { namedType } from '../rest/view.ts'
import type { Crumb } from './layout.ts'
import { INDEX } from './paths.ts'
import { words } from './words.ts'

export type Find = (method: string, path: string) => Match | undefined

const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const
const VERSION = 'v1'

/** Every endpoint of a path, whichever method was asked for. */
export function siblingsAt(path: string, find: Find): Siblings {
  for (const method of METHODS) {
    const match = find(method, path)
    if (match?.kind === 'route') return match.siblings
  }
  return {}
}

export const anyOf = (siblings: Siblings): Endpoint | undefined =>
  METHODS.map((method) => siblings[method]).find((each) => each !== undefined)

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const isId = (segment: string) => /^\d+$/.test(segment)

export const methodsOf = (siblings: Siblings): string[] => METHODS.filter((method) => siblings[method])

/** What a path is called: the resource, or the row by its type and id. */
export function nameOf(path: string, endpoint: Endpoint | undefined): string {
  const last = decoded(lastSegment(path))
  if (!endpoint || !lastSegment(endpoint.path).startsWith(':')) return isId(last) ? last : words(last)
  return `${words(namedType(endpoint.field.type).name)} ${last}`
}

/** The way to a path; what answers there can be gone to. */
export function crumbsOf(path: string, find: Find): Crumb[] {
  const slash = path.endsWith('/') ? '/' : ''
  const segments = path.split('/').filter(Boolean).slice(1)
  const crumbs = segments.flatMap((segment, i): Crumb[] => {
    if (segment === VERSION) return []
    const here = `/api/${segments.slice(0, i + 1).join('/')}${slash}`
    const isLast = i === segments.length - 1
    const text = isId(segment) ? segment : words(decoded(segment))
    return [{ text, ...(!isLast && find('GET', here)?.kind === 'route' && { href: here }) }]
  })
  return [{ text: 'All resources', ...(crumbs.length > 0 && { href: INDEX }) }, ...crumbs]
}

/** Further paths below one, `/otp/` below an entry: those that say what they are without another id. */
export function below(endpoint: Endpoint, path: string, endpoints: readonly Endpoint[]): Crumb[] {
  const slash = path.endsWith('/') ? '/' : ''
  const base = endpoint.path.replace(/\/$/, '')
  const steps = endpoints
    .filter((each) => each.path.startsWith(`${base}/`))
    .map((each) => each.path.slice(base.length + 1).replace(/\/$/, ''))
    .filter((rest) => rest !== '' && !rest.includes('/') && !rest.startsWith(':'))
  return [...new Set(steps)].map((step) => ({
    text: words(step),
    href: `${path.replace(/\/$/, '')}/${step}${slash}`,
  }))
}
