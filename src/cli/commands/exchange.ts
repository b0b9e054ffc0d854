import type { AnyExchange } from '../../exchange/exchange.ts'
import type { Command, Option } from '../command.ts'
import { runExport } from '../exchange/export.ts'
import { runImport } from '../exchange/import.ts'

/** Loaded when they are asked for: no other command needs them. */
const RESOURCES: Record<string, () => Promise<AnyExchange>> = {
  assets: async () => (await import('../../inventory/assets/exchange.ts')).assetExchange,
  vehicles: async () => (await import('../../inventory/vehicles/exchange.ts')).vehicleExchange,
}

const organization: Option = { value: 'slug', required: true, description: 'Whose rows.' }
const FORMATS = 'csv, json or jsonl'

const importOf = ([plural, exchange]: (typeof ENTRIES)[number]): Command => ({
  name: `import ${plural}`,
  summary: `Adds the ${plural} of a CSV or JSON file.`,
  argument: { name: 'file', description: 'The file, in UTF-8; - reads standard input.' },
  options: {
    organization,
    format: { value: 'format', description: `${FORMATS}; told by the file unless given.` },
    atomic: { description: 'Every row or none. Otherwise the good rows are kept.' },
    'dry-run': { description: 'Judges every row and keeps none.' },
  },
  run: (call) => runImport(call, exchange),
})

const exportOf = ([plural, exchange]: (typeof ENTRIES)[number]): Command => ({
  name: `export ${plural}`,
  summary: `Writes all ${plural} as CSV or JSON, which an import takes.`,
  options: {
    organization,
    format: { value: 'format', description: `${FORMATS}; told by the name of the file, or csv.` },
    output: { value: 'file', description: 'Where to write it; standard output unless given.' },
  },
  run: (call) => runExport(call, exchange),
})

const ENTRIES = Object.entries(RESOURCES)

export const exchanges: readonly Command[] = [...ENTRIES.map(importOf), ...ENTRIES.map(exportOf)]
