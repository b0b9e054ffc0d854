import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Mail, Message } from '../core/context.ts'
import type { Log } from '../log.ts'

type Mailing = Pick<Config, 'smtpUrl' | 'mailFrom' | 'dataDir'>
type Deliver = (message: Message & { from: string }) => Promise<unknown>

const PATIENCE_MS = 10_000
const FOLDER = 'mail'

/** Loaded for the first message. */
const nodemailer = async () => (await import('nodemailer')).default

const bySmtp =
  (smtpUrl: string): Deliver =>
  async (message) => {
    const patience = { connectionTimeout: PATIENCE_MS, greetingTimeout: PATIENCE_MS, socketTimeout: PATIENCE_MS }
    const transport = (await nodemailer()).createTransport({ url: smtpUrl, ...patience })
    return transport.sendMail(message)
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
export function openMail({ smtpUrl, mailFrom: from, dataDir }: Mailing, log: Log): Mail {
  const deliver = smtpUrl ? bySmtp(smtpUrl) : intoFolder(join(dataDir, FOLDER))
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
