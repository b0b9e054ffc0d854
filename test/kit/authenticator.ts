import { Secret, TOTP } from 'otpauth'
import type { TestServer } from './server.ts'

const STEP_MS = 30_000

/** An authenticator with the secret that somebody was shown: its code now, or so many steps from now. */
export const codeOf = (server: TestServer, secret: string, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({
    timestamp: server.app.clock.now().getTime() + steps * STEP_MS,
  })

/** Time goes on by so many steps, for whoever asks from now on. */
export function passSteps(server: TestServer, steps = 1): void {
  const now = new Date(server.app.clock.now().getTime() + steps * STEP_MS)
  server.app.clock = { now: () => now }
}

type Person = { email: string; password: string }
export type Enrolled = { token: string; secret: string; recoveryCodes: string[] }

async function posted<T>(server: TestServer, path: string, body: object, key?: string): Promise<T> {
  const { status, json } = await server.request(`/api/v1/auth/${path}`, { method: 'POST', body, key })
  if (status !== 200) throw new Error(`${path} answered ${status}: ${json?.error?.message}`)
  return json.data as T
}

/** Somebody signs in and gives themselves a second factor; its first code is used up by that. */
export async function enrol(server: TestServer, { email, password }: Person): Promise<Enrolled> {
  const { access_token: token } = await posted<{ access_token: string }>(server, 'login', { email, password })
  const { secret } = await posted<{ secret: string }>(server, 'second-factor', { password }, token)
  const code = codeOf(server, secret)
  const confirmed = await posted<{ recovery_codes: string[] }>(server, 'second-factor/confirm', { code }, token)
  passSteps(server)
  return { token, secret, recoveryCodes: confirmed.recovery_codes }
}
