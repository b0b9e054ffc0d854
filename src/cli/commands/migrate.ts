import { openEmbedded } from '../../db/embedded.ts'
import { migrate as applyMigrations } from '../../db/migrate.ts'
import type { Command } from '../command.ts'

export const migrate: Command = {
  name: 'migrate',
  summary: 'Brings the database up to date, which serve does as well when it starts.',
  options: {},
  async run(call) {
    const { databaseUrl, dataDir } = call.config()
    const log = call.terminal.err
    const embedded = databaseUrl ? undefined : await openEmbedded(dataDir, log)
    try {
      const applied = await applyMigrations(databaseUrl ?? embedded!.url, { log })
      const text = applied.length ? `Applied: ${applied.join(', ')}.` : 'The database is up to date.'
      call.print({ applied }, text)
    } finally {
      await embedded?.stop()
    }
  },
}
