import type { DialectName } from '../core/rest.ts'
import type { Endpoint } from '../rest/endpoint.ts'
import { namedType } from '../rest/view.ts'

/** Where a reader is: links stay in the same dialect and in the same form of its paths. */
export type Here = { dialect: DialectName; path: string; publicBase: string }

const ROW = /^[^:]*:id\/?$/
const VERSIONED = '/api/v1/'

const isRow = ({ method, list, route, path }: Endpoint): boolean =>
  method === 'GET' && !list && !route.raw && ROW.test(path)

const pathsOf = ({ path, route }: Endpoint): readonly string[] => [path, ...(route.also ?? [])]

const isVersioned = (path: string): boolean => path.startsWith(VERSIONED)

/** The addresses of rows, found by the type of a row or by the name of the graph's field that answers it. */
export class Links {
  readonly #byType: ReadonlyMap<string, readonly Endpoint[]>
  readonly #byName: ReadonlyMap<string, readonly Endpoint[]>

  constructor(endpoints: readonly Endpoint[]) {
    const rows = endpoints.filter(isRow)
    this.#byType = Map.groupBy(rows, ({ field }) => namedType(field.type).name)
    this.#byName = Map.groupBy(rows, ({ field }) => field.name)
  }

  ofType(type: string, id: string, here: Here): string | undefined {
    return this.#address(this.#byType.get(type), id, here)
  }

  /** `assetId` leads to what `asset` answers. */
  ofReference(field: string, id: string, here: Here): string | undefined {
    return field.endsWith('Id') ? this.#address(this.#byName.get(field.slice(0, -2)), id, here) : undefined
  }

  #address(rows: readonly Endpoint[] | undefined, id: string, { dialect, path }: Here): string | undefined {
    const row = rows?.find((each) => each.dialect.name === dialect) ?? rows?.[0]
    const paths = row && pathsOf(row)
    const found = paths?.find((each) => isVersioned(each) === isVersioned(path)) ?? paths?.[0]
    return found?.replace(':id', encodeURIComponent(id))
  }
}

/** Where a text leads that is an address: a path of ours, or a page elsewhere; nothing but HTTP is followed. */
export function destination(text: string, { publicBase }: Here): { href: string; ours: boolean } | undefined {
  if (!/^https?:\/\//i.test(text)) return undefined
  const url = URL.parse(text)
  if (!url) return undefined
  const ours = url.origin === new URL(publicBase).origin
  return { href: ours ? url.pathname + url.search : url.href, ours }
}
