import type { Endpoint } from '../rest/endpoint.ts'
import type { Path } from './json.ts'

/** Where an endpoint's answers hold what they are about: the row or rows, how many match, the cursor of the next page. */
export type Places = { value: Path; total: Path | undefined; cursor: Path | undefined }

const VALUE: unknown[] = []
const TOTAL = 8_467_345
const CURSOR = 'the next cursor'

function pathTo(wanted: unknown, within: unknown): Path | undefined {
  if (within === wanted) return []
  if (typeof within !== 'object' || within === null) return undefined
  for (const [key, inner] of Object.entries(within)) {
    const path = pathTo(wanted, inner)
    if (path) return [key, ...path]
  }
  return undefined
}

function sample({ dialect, list }: Endpoint): unknown {
  if (!list) return VALUE
  const page = {
    nodes: VALUE,
    shown: 0,
    total: TOTAL,
    nextCursor: CURSOR,
    limit: 1,
    offset: 0,
    totals: {},
    name: list.name,
  }
  return dialect.list({ ...page, link: () => '' }).body
}

/** The dialect itself is asked to present something, and that is looked for in what it made. */
export function placesOf(endpoint: Endpoint): Places {
  const body = sample(endpoint)
  const answer = endpoint.dialect.envelope?.wrap(body, '') ?? body
  return { value: pathTo(VALUE, answer) ?? [], total: pathTo(TOTAL, answer), cursor: pathTo(CURSOR, answer) }
}
