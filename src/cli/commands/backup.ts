import { type BackedUp, backUp } from '../../backup/installation/back-up.ts'
import { type Loaded, loadInstallation } from '../../backup/installation/load.ts'
import { inScratch } from '../../backup/installation/scratch.ts'
import type { Clock } from '../../core/clock.ts'
import { fixedClock, systemClock } from '../../core/clock.ts'
import type { Envelope } from '../../core/envelope.ts'
import { AppError } from '../../core/errors.ts'
import type { Storage } from '../../core/storage.ts'
import { beginServing } from '../../db/serving.ts'
import { openStorage } from '../../storage/open.ts'
import { type Database, knownEnvelope, openDatabase } from '../../stores.ts'
import type { Call, Command } from '../command.ts'
import { counted } from '../exchange/format.ts'
import { intoFile, unlessInterrupted } from '../exchange/output.ts'
import { interruptible } from '../interrupt.ts'
import { watched } from '../progress.ts'

type Opened = { database: Database; storage: Storage; envelope: Envelope; clock: Clock; signal: AbortSignal }

const NO_KEY =
  'The master key of the installation is needed: set OPSGRAPH_MASTER_KEY, or put its master.key into the data folder.'

/** What there is before an installation is: a database, a folder and a key. */
function withStores<T>(call: Call, work: (opened: Opened) => Promise<T>): Promise<T> {
  return interruptible(async (signal) => {
    const config = call.config()
    const envelope = await knownEnvelope(config)
    if (!envelope) throw new AppError('NOT_FOUND', NO_KEY)
    const clock = config.clock ? fixedClock(config.clock) : systemClock
    const database = await openDatabase(config, call.terminal.err)
    try {
      return await work({ database, envelope, storage: await openStorage(config), clock, signal })
    } catch (error) {
      return unlessInterrupted(error, signal)
    } finally {
      await database.stop()
    }
  })
}

const PRIVATE = 0o600
const MEBIBYTE = 2 ** 20

const sized = (bytes: number): string => `${(bytes / MEBIBYTE).toFixed(1)} MiB`
const files = (count: number): string => `${count.toLocaleString('en-US')} file${count === 1 ? '' : 's'}`

const missing = (lost: readonly string[]): string =>
  lost.length
    ? `\n${files(lost.length)} had no bytes any more: ${lost.slice(0, 5).join(', ')}${lost.length > 5 ? ' …' : ''}.`
    : ''

const notCopied = (leftOut: readonly string[]): string =>
  leftOut.length ? `\nNot in it, because they are no tables of their own: ${leftOut.join(', ')}.` : ''

const written = (file: string, { tables, rows, documents: count, bytes, sha256, lost, leftOut }: BackedUp): string =>
  `${file}: ${counted(rows)} of ${tables} tables and ${files(count)}, ${sized(bytes)}.\nSHA-256 ${sha256}${missing(lost)}${notCopied(leftOut)}`

const backup: Command = {
  name: 'backup',
  summary:
    'Writes the whole installation into one file, as of one moment and encrypted by the master key, while it goes on working.',
  argument: {
    name: 'file',
    description: 'Where to. Keep the master key as well, and apart from it: it is not in the file.',
  },
  options: {},
  async run(call) {
    const file = call.argument()
    const outcome = await withStores(call, ({ database, envelope, storage, clock, signal }) =>
      backUp({
        ...{ url: database.url, envelope, storage, now: clock.now(), progress: watched(call.terminal) },
        write: (bytes) => intoFile(file, bytes, signal, PRIVATE),
      }),
    )
    call.print({ file, ...outcome }, written(file, outcome))
  },
}

const described = ({ version, madeAt, tables, rows, documents: count, lost }: Loaded, verb: string): string =>
  `Verified: ${counted(rows)} of ${tables} tables and ${files(count)}, as they were on ${madeAt} in version ${version}, ${verb}.${missing(lost)}`

const fileOf = (call: Call, { envelope, signal }: Opened) => ({
  ...{ name: call.argument(), envelope, signal, progress: watched(call.terminal) },
})

const restore: Command = {
  name: 'restore',
  summary:
    'Brings back what backup has written, into an empty database: all of it, compared with the file, or nothing.',
  argument: { name: 'file', description: 'What backup has written.' },
  options: {},
  async run(call) {
    const outcome = await withStores(call, async (opened) => {
      const { database, storage } = opened
      const place = await beginServing(database.url, true, call.terminal.err)
      const loading = { file: fileOf(call, opened), url: database.url, storage, log: call.terminal.err }
      return loadInstallation(loading).finally(() => place.release())
    })
    call.print({ verified: true, ...outcome }, described(outcome, 'are back'))
  },
}

const verify: Command = {
  name: 'backup verify',
  summary: 'Proves a backup: restores it into a database made for that, compares, and drops the database again.',
  argument: { name: 'file', description: 'What backup has written.' },
  options: {},
  async run(call) {
    const outcome = await withStores(call, (opened) =>
      inScratch(opened.database.url, (url) =>
        loadInstallation({ file: fileOf(call, opened), url, log: call.terminal.err }),
      ),
    )
    call.print({ verified: true, ...outcome }, described(outcome, 'can be brought back'))
  },
}

export const backups: readonly Command[] = [backup, restore, verify]
