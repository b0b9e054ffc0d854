import type { Config } from './config.ts'
import { Envelope, masterKey } from './core/envelope.ts'
import { keepKey, keptKey } from './core/kept-key.ts'
import { openEmbedded } from './db/embedded.ts'

export type Database = { url: string; embedded: boolean; stop(): Promise<void> }

/** The database that is named, or the data folder's own. */
export async function openDatabase(
  { databaseUrl, dataDir }: Config,
  progress: (line: string) => void,
): Promise<Database> {
  if (databaseUrl) return { url: databaseUrl, embedded: false, stop: async () => {} }
  return { ...(await openEmbedded(dataDir, progress)), embedded: true }
}

type Keys = Pick<Config, 'masterKey' | 'previousMasterKey' | 'dataDir' | 'databaseUrl'>

const withKeys = (configured: string, others: readonly (string | undefined)[]): Envelope =>
  new Envelope(masterKey(configured), others.filter((key) => key !== undefined).map(masterKey))

/** The configured master key, or the data folder's own, which still opens what it encrypted before one was configured. */
export async function openEnvelope({ masterKey: configured, previousMasterKey, dataDir, databaseUrl }: Keys) {
  const kept = databaseUrl ? undefined : configured ? await keptKey(dataDir) : await keepKey(dataDir)
  return withKeys(configured ?? kept!, [previousMasterKey, kept])
}

/** The same where there is a key already: none is made that could open nothing. */
export async function knownEnvelope({ masterKey: configured, previousMasterKey, dataDir, databaseUrl }: Keys) {
  const kept = databaseUrl ? undefined : await keptKey(dataDir)
  const current = configured ?? kept
  return current === undefined ? undefined : withKeys(current, [previousMasterKey, kept])
}
