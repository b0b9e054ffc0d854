import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Mail, Message } from '../core/context.ts'
import type { Log } from '../log.ts'

type Mailing = Pick<Config, 'smtpUrl' | 'mailFrom' | 'dataDir'>
type Deliver = (message: Message & { from: string }) => Promise<unknown>

/** For a whole message: whoever invites somebody waits for it. */
const PATIENCE_MS = 10_000
const FOLDER = 'mail'

/** Loaded for the first message. */
const nodemailer = async () => (await import('nodemailer')).default

const bySmtp =
  (smtpUrl: string, patienceMs: number): Deliver =>
  async (message) => {
    const patience = { connectionTimeout: patienceMs, greetingTimeout: patienceMs, socketTimeout: patienceMs }
    const transport = (await nodemailer()).createTransport({ url: smtpUrl, ...patience })
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(new Error('The mail server did not take it in time.')), patienceMs)
    try {
      return await Promise.race([transport.sendMail(message), late.promise])
    } finally {
      clearTimeout(timer)
      transport.close()
    }
  }

/** One file per message, for nobody but the server's own user: it may hold an invitation. */
const intoFolder =
  (folder: string): Deliver =>
  async (message) => {
    const transport = (await nodemailer()).createTransport({ streamTransport: true, buffer: true })
    const composed = await transport.sendMail(message)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(join(folder, `${randomUUID()}.eml`), composed.message as Buffer, { mode: 0o600 })
  }

/** By SMTP where a server is named, else into the folder `mail` of the data folder. */
export function openMail(
  { smtpUrl, mailFrom: from, dataDir }: Mailing,
  log: Pick<Log, 'warn'>,
  patienceMs = PATIENCE_MS,
): Mail {
  const deliver = smtpUrl ? bySmtp(smtpUrl, patienceMs) : intoFolder(join(dataDir, FOLDER))
  return {
    send: (message) =>
      deliver({ from, ...message }).then(
        () => true,
        (error: unknown) => {
          log.warn({ error }, 'a message could not be mailed')
          return false
        },
      ),
  }
}
