import type { TestServer } from '../kit/server.ts'

export const DIALECTS = ['dashboard', 'devsphere', 'clientst0r', 'baserdb'] as const
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

export type Operation = Record<string, any>
export type Route = { dialect: (typeof DIALECTS)[number]; method: string; path: string; operation: Operation }

/** Every documented route, from the documents that the server itself gives out. */
export async function routesOf(server: TestServer): Promise<Route[]> {
  const routes: Route[] = []
  for (const dialect of DIALECTS) {
    const { json } = await server.request(`/openapi/${dialect}.json`)
    for (const [path, operations] of Object.entries<Operation>(json.paths))
      for (const method of METHODS)
        if (operations[method])
          routes.push({ dialect, path, method: method.toUpperCase(), operation: operations[method] })
  }
  return routes
}

/** A path with something in its braces. */
export const filled = (path: string, value = '1'): string => path.replaceAll(/\{\w+\}/g, value)
