import type { Endpoint } from './endpoint.ts'
import type { RestAnswer } from './refusal.ts'

/** The lists of the dialect that owns `/api/`, by name. */
export function resourceIndex(endpoints: readonly Endpoint[], publicBase: string): RestAnswer {
  const lists = endpoints.filter(
    ({ dialect, method, list }) => dialect.name === 'clientst0r' && method === 'GET' && list,
  )
  const urls = lists.map(({ path }) => [path.split('/')[2] as string, `${publicBase}${path}`] as const)
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(Object.fromEntries(urls)),
  }
}
