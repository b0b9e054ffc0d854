import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { Envelope, masterKey } from '../core/envelope.ts'
import { isToken, Sessions } from './session.ts'

const HOUR = 3_600_000
const hash = randomBytes(32)
const key = masterKey(randomBytes(32).toString('base64'))
let time = 0
const clock = { now: () => new Date(time) }
const sessions = new Sessions(new Envelope(key), clock)
beforeEach(() => {
  time = Date.parse('2026-05-23T11:42:00Z')
})

describe('a session', () => {
  it('is known to every process of the installation', () => {
    const elsewhere = new Sessions(new Envelope(key), clock)
    expect(elsewhere.session(sessions.begin({ keyHash: hash }))).toMatchObject({
      by: { keyHash: hash },
      since: new Date(time),
    })
  })

  it('lasts twelve hours', () => {
    const sealed = sessions.begin({ keyHash: hash })
    time += 12 * HOUR - 1
    expect(sessions.session(sealed)?.by).toEqual({ keyHash: hash })
    time += 1
    expect(sessions.session(sealed)).toBeUndefined()
  })

  it('has a token of its own, which no other session has', () => {
    const tokens = Array.from({ length: 100 }, () => sessions.session(sessions.begin({ keyHash: hash }))!.token)
    expect(new Set(tokens).size).toBe(100)
    for (const token of tokens) expect(token).toMatch(/^[\w-]{32}$/)
  })

  it('of a person says which, and goes on in another organization with the token that its forms carry', () => {
    const person = { userId: 7, sessionId: 70 }
    const begun = sessions.session(sessions.begin({ person }))!
    expect(begun.by).toEqual({ person })
    time += HOUR
    const chosen = sessions.session(sessions.renew(begun, { person, organization: 'acme' }))!
    expect(chosen).toEqual({ ...begun, by: { person, organization: 'acme' } })
    time += 11 * HOUR
    expect(sessions.session(sessions.renew(begun, { person }))).toBeUndefined()
  })

  it('is no visit, and a visit is no session', () => {
    expect(sessions.visited(sessions.begin({ keyHash: hash }))).toBeUndefined()
    expect(sessions.session(sessions.visit().sealed)).toBeUndefined()
    expect(sessions.session(undefined)).toBeUndefined()
  })
})

it('a token is itself and nothing else', () => {
  expect(isToken('abc', 'abc')).toBe(true)
  for (const other of [undefined, '', 'ab', 'abd', 'abcd']) expect(isToken('abc', other)).toBe(false)
})
