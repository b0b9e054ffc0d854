import { randomUUID } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import { ALGORITHM, jose, type SigningKeys } from './signing-keys.ts'

export const ACCESS_SECONDS = 900

const TYPE = 'at+jwt'
const ISSUER = 'opsgraph'
const AUDIENCE = 'opsgraph'
const LONGEST = 2000
const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]*$/
const ID = /^[1-9]\d{0,9}$/

export type Claims = { userId: number; sessionId: number }
export type Verified = Claims & { expiresAt: number }

/** Whether a text can be an access token at all; no API key looks like one. */
export const isAccessToken = (text: string): boolean =>
  text.length <= LONGEST && text.startsWith('eyJ') && SHAPE.test(text)

const seconds = (clock: Clock): number => Math.floor(clock.now().getTime() / 1000)

export async function signAccessToken(keys: SigningKeys, clock: Clock, claims: Claims): Promise<string> {
  const { SignJWT } = await jose()
  const { kid, key } = await keys.current()
  const now = seconds(clock)
  return new SignJWT({ sid: String(claims.sessionId) })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
    .setSubject(String(claims.userId))
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(now + ACCESS_SECONDS)
    .setJti(randomUUID())
    .sign(key)
}

const number = (text: unknown): number | undefined =>
  typeof text === 'string' && ID.test(text) ? Number(text) : undefined

/** Undefined for whatever is not ours, was changed, is for somebody else, or is over. */
export async function verifyAccessToken(keys: SigningKeys, clock: Clock, token: string): Promise<Verified | undefined> {
  const { errors, jwtVerify } = await jose()
  const options = {
    ...{ algorithms: [ALGORITHM], typ: TYPE, issuer: ISSUER, audience: AUDIENCE, currentDate: clock.now() },
    requiredClaims: ['sub', 'sid', 'exp', 'iat'],
  }
  const keyFor = async ({ kid }: { kid?: string }) => {
    const key = kid === undefined ? undefined : await keys.named(kid)
    if (!key) throw new errors.JWKSNoMatchingKey()
    return key
  }
  try {
    const { payload } = await jwtVerify(token, keyFor, options)
    const [userId, sessionId] = [number(payload.sub), number(payload.sid)]
    return userId && sessionId ? { userId, sessionId, expiresAt: payload.exp! * 1000 } : undefined
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}
