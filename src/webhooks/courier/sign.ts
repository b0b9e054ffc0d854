import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'

export type Secrets = {
  current: string
  /** What the secret was until a rotation, while both are in force. */
  previous: string | null
}

const ofBody = (secret: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

/**
 * Both signatures. Standard Webhooks has room for one by each secret; the other header has not, and stays with the one that
 * receivers already know until the rotation is over.
 */
export function signatures({ current, previous }: Secrets, id: string, at: Date, body: string): Record<string, string> {
  const secrets = previous === null ? [current] : [current, previous]
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
    'X-Webhook-Signature': ofBody(previous ?? current, body),
  }
}
