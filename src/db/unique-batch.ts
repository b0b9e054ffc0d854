type Args = Record<string, unknown> & { where?: Record<string, unknown>; select?: Record<string, unknown> }
type Row = { id: unknown }

export type Finder = {
  findFirst(args: object): Promise<unknown>
  findMany(args: object): Promise<unknown[]>
}

type Asked = {
  finder: Finder
  model: string
  args: Args
  own: object
  id: unknown
  resolve: (row: unknown) => void
  reject: (error: unknown) => void
}

/**
 * Unique look-ups of one tick, one organization and one shape become one query.
 * Prisma batches them as well, but across requests and so across tenants, which the database's tenancy forbids.
 */
export class UniqueBatch {
  private asked: Asked[] = []

  find(finder: Finder, model: string, args: Args, own: object): Promise<unknown> {
    const key = args.where?.organizationId_id as Row | undefined
    if (key === undefined) return finder.findFirst({ ...args, where: { AND: [flat(args.where), own] } })
    return new Promise((resolve, reject) => {
      const first = this.asked.push({ finder, model, args, own, id: key.id, resolve, reject }) === 1
      if (first) afterThisTick(() => this.flush())
    })
  }

  private flush(): void {
    const asked = this.asked
    this.asked = []
    if (asked.length === 1) return void run(asked)
    for (const batch of Map.groupBy(asked, shapeOf).values()) void run(batch)
  }
}

/** After every promise that is ready has gone on, so that all rows of a list have asked. */
const afterThisTick = (work: () => void) => process.nextTick(() => queueMicrotask(work))

const shapeOf = ({ model, args }: Asked): string =>
  `${model} ${JSON.stringify({ ...args, where: { ...args.where, organizationId_id: null } }, exact)}`

const exact = (_key: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)

function flat(where: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(where).flatMap(([name, value]) =>
      name.includes('_') && typeof value === 'object' && value !== null ? Object.entries(value) : [[name, value]],
    ),
  )
}

async function run(waiting: readonly Asked[]): Promise<void> {
  const { finder, args, own } = waiting[0]!
  const { organizationId_id: _key, ...rest } = args.where ?? {}
  const ids = [...new Set(waiting.map(({ id }) => id))]
  const select = args.select && { select: { ...args.select, id: true } }
  const where = { AND: [own, rest, { id: ids.length === 1 ? ids[0] : { in: ids } }] }
  try {
    const query = { ...args, ...select, where }
    const found = ids.length === 1 ? [await finder.findFirst(query)] : await finder.findMany(query)
    // A large number is asked for as one of either kind, and comes back as a bigint.
    const rows = new Map((found.filter(Boolean) as Row[]).map((row) => [String(row.id), row]))
    for (const { id, resolve } of waiting) resolve(rows.get(String(id)) ?? null)
  } catch (error) {
    for (const { reject } of waiting) reject(error)
  }
}
