import type { Ask, Workload } from '../workloads.ts'

export type HttpRequest = { method: 'GET' | 'POST'; path: string; body?: unknown }

/** How a peer is asked, and where in its answers the rows are. */
export type Door = {
  /** Undefined where the peer has no such route. */
  request(workload: Workload, ask: Ask): HttpRequest | undefined
  /** The page or the object inside an answer: `{ totalCount, nodes }`, or the columns. */
  value(workload: Workload, body: unknown): unknown
}

type Row = Record<string, unknown>
type Page = { totalCount?: unknown; nodes: Row[] }

const ids = (rows: Row[]) => rows.map(({ id }) => String(id))
const nodes = (list: unknown): Row[] => (Array.isArray(list) ? list : (list as Page).nodes)

const page = (value: unknown) => {
  const { totalCount, nodes: rows } = value as Page
  return { total: totalCount, ids: ids(rows), first: [rows[0]?.name, rows[0]?.email ?? rows[0]?.model] }
}

const invoices = (value: unknown) =>
  nodes(value).map(({ id, number, client, lines }) => {
    const { id: clientId, name, email } = client as Row
    const amounts = nodes(lines).map(({ position, amount, description }) => [position, Number(amount), description])
    return [String(id), number, String(clientId), name, email, amounts]
  })

const columns = (value: unknown, ...names: string[]) => names.map((name) => (value as Row)[name])

/** What every peer's answer must agree on, freed from casing, envelopes and the spelling of numbers and dates. */
export const essence: Record<Workload, (value: unknown) => unknown> = {
  W1: page,
  W2: (value) => [String((value as Row).id), ...columns(value, 'name', 'model', 'manufacturer', 'location', 'notes')],
  W3: invoices,
  W4: (value) => columns(value, 'name', 'location', 'notes'),
  W5: page,
}
