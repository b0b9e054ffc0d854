import { join } from 'node:path'
import type { Command } from '../command.ts'

const SCHEMA = join(import.meta.dirname, '../../../schema')

export const contract: Command = {
  name: 'contract',
  summary: 'Prints the graph and the four REST contracts into schema/.',
  options: {},
  async run(call) {
    const { printContract } = await import('../../contract.ts')
    const files = await printContract(SCHEMA)
    call.print({ files }, files.map((file) => `schema/${file}`).join('\n'))
  },
}
