import type { RestMethod, RestRoute } from './rest.ts'

/** When rows were made and last changed, in both spellings that scripts use. */
const TIMES = {
  created_after: 'createdAt.gte',
  created_before: 'createdAt.lte',
  created_at__gte: 'createdAt.gte',
  created_at__lte: 'createdAt.lte',
  updated_after: 'updatedAt.gte',
  updated_before: 'updatedAt.lte',
  updated_at__gte: 'updatedAt.gte',
  updated_at__lte: 'updatedAt.lte',
}

export type RestResource = {
  /** As in the address: `assets`. */
  name: string
  view: string
  /** What its list is filtered by, beside when rows were made and changed. */
  params: Record<string, string>
  /** The key that PUT cannot do without. */
  required: string
}

/** The routes of a resource in ClientSt0r's manners: a list, and its rows one by one; the same as version 1. */
export function clientst0rRoutes({ name, view, params, required }: RestResource) {
  const at = (method: RestMethod, below: string) =>
    ({
      dialect: 'clientst0r',
      route: `${method} /api/${name}/${below}`,
      also: [`/api/v1/${name}/${below}`],
      view,
    }) satisfies RestRoute
  const row = (method: RestMethod) => at(method, ':id/')
  return {
    list: { ...at('GET', ''), list: { params: { ...params, ...TIMES } } } satisfies RestRoute,
    one: row('GET'),
    create: { ...at('POST', ''), status: 201, body: 'input' } satisfies RestRoute,
    update: [
      { ...row('PATCH'), body: 'input' },
      { ...row('PUT'), body: 'input', require: [required] },
    ] satisfies RestRoute[],
    delete: { ...row('DELETE'), status: 204, view: 'id' } satisfies RestRoute,
  }
}
