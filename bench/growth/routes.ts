import { compileEndpoints, type Endpoint } from '../../src/rest/endpoint.ts'
import { createMatch } from '../../src/rest/match.ts'
import { schema } from '../../src/schema.ts'

const ROUNDS = 9
const REPEATS = 200
const TIMES = 3

/** The same routes again, under paths of their own. */
function copied(endpoints: readonly Endpoint[], copy: number): Endpoint[] {
  const moved = (path: string) => path.replace(/^\/api\/v1\/(\w+)|^\/api\/(\w+)/, `$&_copy${copy}`)
  return endpoints.map((endpoint) => {
    const { also = [] } = endpoint.route
    return { ...endpoint, path: moved(endpoint.path), route: { ...endpoint.route, also: also.map(moved) } }
  })
}

function nanoseconds(match: ReturnType<typeof createMatch>, asked: readonly (readonly [string, string])[]): number {
  const from = process.hrtime.bigint()
  for (let at = 0; at < REPEATS; at += 1)
    for (const [method, path] of asked) if (match(method, path)?.kind !== 'route') throw new Error(`${path} is lost`)
  return Number(process.hrtime.bigint() - from) / (REPEATS * asked.length)
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

/** What finding a route costs among as many as there are, and among three times as many. */
export function growRoutes(): { routes: number; few: number; many: number; ratio: number } {
  const endpoints = compileEndpoints(schema)
  const copies = Array.from({ length: TIMES - 1 }, (_, at) => copied(endpoints, at + 1)).flat()
  const [few, many] = [createMatch(endpoints), createMatch([...endpoints, ...copies])]
  const asked = endpoints.map(({ method, path }) => [method, path.replaceAll(/:\w+/g, '17')] as const)
  nanoseconds(few, asked)
  nanoseconds(many, asked)
  const rounds = Array.from({ length: ROUNDS }, () => [nanoseconds(few, asked), nanoseconds(many, asked)] as const)
  return {
    routes: endpoints.length,
    few: median(rounds.map(([small]) => small)),
    many: median(rounds.map(([, large]) => large)),
    ratio: median(rounds.map(([small, large]) => large / small)),
  }
}
