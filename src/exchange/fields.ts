import { builder } from '../core/builder.ts'
import { invalid } from '../core/errors.ts'
import { filterOf } from '../core/list/connection.ts'
import type { Permission } from '../core/permissions.ts'
import type { AnyExchange } from './exchange.ts'
import { ExchangeFormat, ExportPart, ImportInput, ImportReport } from './graph-types.ts'
import { importFile } from './import-file.ts'
import { exportPart } from './writing/export.ts'
import { WRITINGS } from './writing/formats.ts'

const PART = 1000
const LARGEST_PART = 5000
/** About what as many creations one by one would cost a caller in time. */
const IMPORT_COST = 2500

function within(first: number): number {
  if (first < 1 || first > LARGEST_PART) throw invalid('first', `must be between 1 and ${LARGEST_PART}.`)
  return first
}

const pascal = (word: string): string => word[0]!.toUpperCase() + word.slice(1)

/** `assetExport` and `importAssets`. REST has neither: its answers are built whole, and its lists page already. */
export function exchangeFields(exchange: AnyExchange, permissions: { read: Permission; write: Permission }): void {
  const { name, plural, list } = exchange.declared
  builder.queryField(`${name}Export`, (t) =>
    t.field({
      type: ExportPart,
      description: `Some ${plural} as a file that \`import${pascal(plural)}\` takes, in the order of their making. Ask for part after part until \`hasNextPage\` is false.`,
      rest: false,
      authScopes: { can: permissions.read },
      complexity: ({ first }) => first ?? PART,
      args: {
        format: t.arg({ type: ExchangeFormat, description: 'CSV unless given.' }),
        first: t.arg.int({ description: `Rows in a part: 1 to ${LARGEST_PART}, ${PART} unless given.` }),
        after: t.arg.string({ description: 'The `endCursor` of the part before.' }),
        search: t.arg.string({ description: 'As in the list.' }),
        filter: t.arg({ type: filterOf(list) as never, description: 'As in the list.' }),
      },
      resolve: async (_root, { format: asked, first, ...which }, ctx) => {
        const format = asked ?? 'csv'
        const part = await exportPart(ctx, { exchange, format }, { ...which, first: within(first ?? PART) })
        return { ...part, name: `${plural}.${format}`, mimeType: WRITINGS[format].mimeType }
      },
    }),
  )
  builder.mutationField(`import${pascal(plural)}`, (t) =>
    t.field({
      type: ImportReport,
      description: `Adds the ${plural} of a file of at most 10,000 rows, in batches: each is created, announced and audited as by \`create${pascal(name)}\`. INVALID_REQUEST where the file cannot be read or has a column that is not known; PAYLOAD_TOO_LARGE where it has more rows.`,
      rest: false,
      authScopes: { can: permissions.write },
      complexity: IMPORT_COST,
      args: { input: t.arg({ type: ImportInput, required: true }) },
      resolve: (_root, { input }, ctx) => importFile(ctx, exchange, input),
    }),
  )
}
