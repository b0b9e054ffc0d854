import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MASK, readUri, UnreadableUri } from './uri.ts'

describe('a URI is read and shown without its secrets', () => {
  it.each([
    [
      'postgresql://app:s3cret@db.example.com:5432/orders?sslmode=require',
      `postgresql://app:${MASK}@db.example.com:5432/orders?sslmode=require`,
      { engine: 'postgresql', host: 'db.example.com', port: 5432, database: 'orders', username: 'app' },
    ],
    [
      'postgres://a%40b:p%40ss@[2001:db8::1]/my%20db',
      `postgres://a%40b:${MASK}@[2001:db8::1]/my%20db`,
      { engine: 'postgresql', host: '[2001:db8::1]', port: null, database: 'my db', username: 'a@b' },
    ],
    [
      'postgresql://app:x@one:5432,two:5433/db?target_session_attrs=read-write&password=again&sslpassword=more',
      `postgresql://app:${MASK}@one:5432,two:5433/db?target_session_attrs=read-write&password=${MASK}&sslpassword=${MASK}`,
      { engine: 'postgresql', host: 'one', port: 5432, database: 'db' },
    ],
    [
      'redis://:s3cret@cache:6379/0',
      `redis://:${MASK}@cache:6379/0`,
      { engine: 'redis', username: null, database: '0' },
    ],
    [
      'mongodb+srv://u:p@c.example.com/?w=majority',
      `mongodb+srv://u:${MASK}@c.example.com?w=majority`,
      { database: null },
    ],
    ['mysql://root@127.0.0.1', 'mysql://root@127.0.0.1', { engine: 'mysql', username: 'root', port: null }],
    [`mysql://db?sslmode=${'x'.repeat(80)}`, `mysql://db?sslmode=${MASK}`, { username: null }],
  ])('%s', (uri, maskedUri, parts) => {
    expect(readUri(uri)).toMatchObject({ maskedUri, ...parts })
  })

  it.each([
    ...[
      '',
      'nonsense',
      'https://example.com',
      'javascript://x',
      'constructor://x',
      'postgresql://',
      'postgresql:///db',
    ],
    ...[
      'postgresql://u:p@ss@host/db',
      'postgresql://u:12/34@host/db',
      'postgresql://u:12?34@host/db',
      'mysql://u:1#2@h',
    ],
    ...['postgresql://u:p@host:99999/db', 'postgresql://u:pass/word', 'postgresql://host/db?secret', 'mysql://h/a b'],
    ...['postgresql://u%zz:p@host/db', 'postgresql://host/%00', 'sqlserver://host;password=x', 'mysql://höst/db'],
  ])('refuses %s, whose secret it could not tell from the rest', (uri) => {
    expect(() => readUri(uri)).toThrow(UnreadableUri)
  })

  const encoded = fc
    .string({ minLength: 8, maxLength: 40, unit: 'grapheme' })
    .map((word) => `Q${encodeURIComponent(word)}Q`)
  it('shows a password nowhere, whatever it is', () => {
    fc.assert(
      fc.property(encoded, fc.constantFrom('sslcert', 'password', 'passfile', 'token', 'options'), (secret, name) => {
        const shown = JSON.stringify(readUri(`postgresql://app:${secret}@db.example.com/orders?${name}=${secret}`))
        expect(shown).not.toContain(secret)
        expect(shown).not.toContain(decodeURIComponent(secret))
      }),
    )
  })

  it('never shows a password that is not encoded: it is taken as a password, or refused', () => {
    const printed = fc.string({ minLength: 6, maxLength: 30 }).map((word) => `Zq7${word}Zq7`)
    fc.assert(
      fc.property(printed, (secret) => {
        try {
          expect(JSON.stringify(readUri(`postgresql://app:${secret}@db.example.com/orders`))).not.toContain('Zq7')
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableUri)
          expect((error as Error).message).not.toContain('Zq7')
        }
      }),
    )
  })
})
