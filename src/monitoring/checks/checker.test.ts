import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { AUTHORITY, CERTIFICATES, KEY } from '../../../test/kit/certificates.ts'
import { fixedClock } from '../../core/clock.ts'
import type { CheckWish } from '../../core/context.ts'
import { createOutbound } from '../../outbound/outbound.ts'
import { createChecker } from './checker.ts'
import { type Ping, systemPing } from './ping.ts'

const NOW = '2026-05-23T11:42:00Z'
const PORTS = [80, 443]
const NAMES: Record<string, string[]> = { 'site.example.com': ['127.0.0.1'], 'public.example.com': ['9.9.9.9'] }

const resolve = async (host: string) => {
  if (NAMES[host]) return NAMES[host]
  throw Object.assign(new Error('queryA'), { code: 'ENOTFOUND', syscall: 'queryA' })
}

const NOBODY: Ping = async () => undefined
const WISH: CheckWish = {
  ...{ kind: 'wan', checkType: 'tcp', url: null, target: null },
  ...{ expectedStatusCode: null, expectedText: null, slowAfterMs: null },
}

type Options = { now?: string; ping?: Ping; timeoutMs?: number; rdapUrl?: string; allowPrivate?: boolean }

const check = (
  wish: Partial<CheckWish>,
  { now = NOW, ping = NOBODY, timeoutMs = 5_000, rdapUrl = 'http://127.0.0.1:9', allowPrivate = true }: Options = {},
) => {
  const outbound = createOutbound({ allowPrivate, resolve, ports: PORTS })
  return createChecker({ outbound, clock: fixedClock(now), rdapUrl, ping, timeoutMs }).check({ ...WISH, ...wish })
}

const opened: Server[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) {
    if ('closeAllConnections' in server) (server as unknown as { closeAllConnections(): void }).closeAllConnections()
    await new Promise((done) => server.close(done))
  }
})

async function listening(server: Server): Promise<number> {
  opened.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}

const site = async (listener: RequestListener) => `http://127.0.0.1:${await listening(createServer(listener))}/`
const secured = (certificate: keyof typeof CERTIFICATES) =>
  listening(createHttpsServer({ key: KEY, cert: CERTIFICATES[certificate] }, (_req, res) => res.end('secured')))

const UP = { status: 'up', error: null }
const NOTHING = { statusCode: null, responseTimeMs: null, sslExpiresAt: null, domainExpiresAt: null }

describe('over HTTP', () => {
  const http = (wish: Partial<CheckWish>, options?: Options) =>
    check({ kind: 'website', checkType: 'http', ...wish }, options)

  it('an answer from 200 to 399 is up, and how long it took is told', async () => {
    const url = await site((_req, res) => res.end('hello'))
    expect(await http({ url })).toEqual({
      ...{ ...UP, ...NOTHING, via: 'http', statusCode: 200, responseTimeMs: expect.any(Number) },
    })
  })

  it('a redirect is an answer, and is not followed', async () => {
    const asked: string[] = []
    const url = await site((req, res) => {
      asked.push(req.url!)
      res.writeHead(302, { location: '/elsewhere' }).end()
    })
    expect(await http({ url })).toMatchObject({ ...UP, statusCode: 302 })
    expect(asked).toEqual(['/'])
  })

  it.each([404, 500, 503])('%i is down', async (statusCode) => {
    const url = await site((_req, res) => res.writeHead(statusCode).end())
    expect(await http({ url })).toMatchObject({ status: 'down', statusCode, error: `It answered ${statusCode}.` })
  })

  it('the status that is expected is up, and every other one down', async () => {
    const url = await site((_req, res) => res.writeHead(401).end())
    expect(await http({ url, expectedStatusCode: 401 })).toMatchObject({ ...UP, statusCode: 401 })
    const error = 'It answered 401 instead of 200.'
    expect(await http({ url, expectedStatusCode: 200 })).toMatchObject({ status: 'down', error })
  })

  it('a text that is expected must be in the first MiB', async () => {
    const url = await site((_req, res) => res.end(`${'.'.repeat(900_000)}all systems go${'.'.repeat(900_000)}late`))
    expect(await http({ url, expectedText: 'all systems go' })).toMatchObject(UP)
    const error = 'The answer does not contain “late”.'
    expect(await http({ url, expectedText: 'late' })).toMatchObject({ status: 'down', error })
  })

  it('an answer that takes longer than wished is a warning', async () => {
    const url = await site((_req, res) => void setTimeout(() => res.end(), 60))
    const slow = await http({ url, slowAfterMs: 20 })
    expect(slow).toMatchObject({
      status: 'warning',
      error: expect.stringMatching(/^The answer took \d+ ms, more than/),
    })
    expect(await http({ url, slowAfterMs: 5_000 })).toMatchObject(UP)
  })

  it('what hangs is given up in time', async () => {
    const url = await site(() => {})
    const from = performance.now()
    const error = 'There was no complete answer in time.'
    expect(await http({ url }, { timeoutMs: 200 })).toMatchObject({ status: 'down', error })
    expect(performance.now() - from).toBeLessThan(3_000)
  })

  it('what nobody listens to, and a name that nobody knows, are down', async () => {
    const refused = await http({ url: 'http://127.0.0.1:9/' })
    expect(refused).toMatchObject({ status: 'down', error: 'The connection was refused.', ...NOTHING })
    const unknown = await http({ url: 'http://nowhere.example.com/' })
    expect(unknown).toMatchObject({ status: 'down', error: 'The host is unknown.' })
  })
})

describe('over TLS', () => {
  const EXPIRES = new Date('2126-05-01T00:00:00Z')
  const tls = async (certificate: keyof typeof CERTIFICATES, options?: Options) =>
    check({ checkType: 'tls', target: `127.0.0.1:${await secured(certificate)}` }, options)

  it('an authority that is not known is not trusted', async () => {
    expect(await tls('good')).toMatchObject({
      ...{ status: 'down', sslExpiresAt: EXPIRES, via: expect.stringMatching(/^tls:\d+$/) },
      error: 'The certificate cannot be trusted: its authority is not trusted.',
    })
    const url = `https://127.0.0.1:${await secured('good')}/`
    const error = 'The host’s certificate could not be verified.'
    expect(await check({ kind: 'website', checkType: 'http', url })).toMatchObject({ status: 'down', error })
  })

  describe('with an authority that is trusted', () => {
    const before = getCACertificates('default')
    beforeAll(() => setDefaultCACertificates([...before, AUTHORITY]))
    afterAll(() => setDefaultCACertificates(before))

    it('a certificate that is good is up, and its end is told', async () => {
      expect(await tls('good')).toMatchObject({ ...UP, sslExpiresAt: EXPIRES, responseTimeMs: expect.any(Number) })
    })

    it('a certificate that ends within 14 days is a warning', async () => {
      const error = 'The certificate expires on 2126-05-01.'
      const soon = { now: '2126-04-17T00:00:00Z' }
      expect(await tls('good', soon)).toMatchObject({ status: 'warning', error, sslExpiresAt: EXPIRES })
      const url = `https://127.0.0.1:${await secured('good')}/`
      const site = { kind: 'website', checkType: 'http', url } as const
      expect(await check(site, soon)).toMatchObject({ status: 'warning', error, statusCode: 200, via: 'https' })
      expect(await check(site)).toMatchObject({ ...UP, sslExpiresAt: EXPIRES })
      expect(await tls('good', { now: '2126-04-16T23:59:59Z' })).toMatchObject(UP)
    })

    it('a certificate that has ended, or is another host’s, is down', async () => {
      expect(await tls('expired')).toMatchObject({
        ...{ status: 'down', error: 'The certificate expired on 2021-06-01.' },
        sslExpiresAt: new Date('2021-06-01T00:00:00Z'),
      })
      const error = 'The certificate cannot be trusted: it is for another host.'
      expect(await tls('other')).toMatchObject({ status: 'down', error })
    })

    it('what speaks no TLS is down', async () => {
      const port = await listening(
        createTcpServer(
          (socket) =>
            void socket
              .on('error', () => {})
              .resume()
              .end('hello'),
        ),
      )
      const found = await check({ checkType: 'tls', target: `127.0.0.1:${port}` })
      expect(found).toMatchObject({ status: 'down', sslExpiresAt: null, error: expect.any(String) })
    })
  })
})

describe('by TCP', () => {
  it('a connection that can be made is up, one that cannot is down', async () => {
    const port = await listening(createTcpServer((socket) => void socket.destroy()))
    const via = `tcp:${port}`
    const found = await check({ target: `127.0.0.1:${port}` })
    expect(found).toEqual({ ...UP, ...NOTHING, via, responseTimeMs: expect.any(Number) })
    const error = 'The connection was refused.'
    expect(await check({ target: '127.0.0.1:9' })).toMatchObject({ status: 'down', error })
  })
})

describe('by ping', () => {
  const icmp = (ping: Ping) => check({ checkType: 'icmp', target: 'site.example.com' }, { ping, timeoutMs: 1_000 })

  it('an answer to a ping is up, and none is down', async () => {
    const asked: string[] = []
    const answering: Ping = async (address) => {
      asked.push(address)
      return 12.4
    }
    expect(await icmp(answering)).toMatchObject({ ...UP, via: 'ping', responseTimeMs: 12 })
    expect(asked).toEqual(['127.0.0.1'])
    expect(await icmp(NOBODY)).toMatchObject({ status: 'down', via: 'ping', error: 'It did not answer a ping.' })
  })

  it('where this machine cannot ping, a host that answers by TCP, be it to refuse, is up, and that is told', async () => {
    expect(await icmp(async () => 'unable')).toMatchObject({ ...UP, via: expect.stringMatching(/^tcp:(443|80|22)$/) })
  })

  describe.skipIf(process.platform === 'win32')('the system’s own program', () => {
    let folder: string
    const { PATH } = process.env
    afterEach(async () => {
      process.env.PATH = PATH
      await rm(folder, { recursive: true, force: true })
    })

    async function program(script?: string): Promise<Ping> {
      folder = await mkdtemp(join(tmpdir(), 'opsgraph-ping-'))
      const path = join(folder, 'ping')
      if (script) await writeFile(path, `#!/bin/sh\n${script}\n`).then(() => chmod(path, 0o755))
      process.env.PATH = script ? `${folder}:${PATH}` : folder
      return systemPing()
    }
    const ask = (ping: Ping) => ping('192.0.2.1', 2_000, AbortSignal.timeout(2_000))

    it('is believed in what it says', async () => {
      const answering = 'echo "64 bytes from $4: icmp_seq=1 ttl=57 time=3.25 ms"; [ "$*" = "-n -c 1 192.0.2.1" ]'
      expect(await ask(await program(answering))).toBe(3.25)
      expect(await ask(await program('exit 1'))).toBeUndefined()
      expect(await ask(await program('echo "ping: connect: Network is unreachable" >&2; exit 2'))).toBeUndefined()
    })

    it('is not asked again where it is missing, or may not', async () => {
      const missing = await program()
      expect([await ask(missing), await ask(missing)]).toEqual(['unable', 'unable'])
      const forbidden = await program('echo "ping: socket: Operation not permitted" >&2; echo >> "$0.ran"; exit 2')
      expect([await ask(forbidden), await ask(forbidden)]).toEqual(['unable', 'unable'])
    })
  })
})

describe('of names', () => {
  const dns = (target: string, options?: Options) => check({ checkType: 'dns', target }, options)

  it('one with an address is up, one without is down', async () => {
    expect(await dns('site.example.com')).toMatchObject({ ...UP, via: 'dns' })
    expect(await dns('nowhere.example.com')).toMatchObject({ status: 'down', error: 'The host is unknown.' })
  })

  it('says nothing where this machine’s own name servers are gone', async () => {
    const gone = Object.assign(new Error('queryA ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'queryA' })
    const outbound = createOutbound({ allowPrivate: true, resolve: () => Promise.reject(gone), ports: PORTS })
    const checker = createChecker({ outbound, clock: fixedClock(NOW), rdapUrl: 'http://127.0.0.1:9' })
    const found = await checker.check({ ...WISH, checkType: 'dns', target: 'site.example.com' })
    expect(found).toMatchObject({ status: 'unknown', error: 'This server’s own name servers do not answer.' })
  })
})

describe('of registrations', () => {
  const domain = async (listener: RequestListener) => {
    const rdapUrl = (await site(listener)).replace(/\/$/, '')
    return check({ checkType: 'domain', target: 'example.com' }, { rdapUrl })
  }
  const expires = (eventDate: unknown) => JSON.stringify({ events: [{ eventAction: 'expiration', eventDate }] })

  it('one that lasts is up, and its end is told', async () => {
    const asked: string[] = []
    const found = await domain((req, res) => {
      asked.push(`${req.method} ${req.url}`)
      res.end(expires('2027-08-13T04:00:00Z'))
    })
    expect(found).toEqual({ ...NOTHING, ...UP, via: 'rdap', domainExpiresAt: new Date('2027-08-13T04:00:00Z') })
    expect(asked).toEqual(['GET /domain/example.com'])
  })

  it.each([
    ['2026-06-22T11:42:00Z', 'warning', 'The domain expires on 2026-06-22.'],
    ['2026-05-20T00:00:00Z', 'down', 'The domain expired on 2026-05-20.'],
  ])('one that ends on %s is %s', async (date, status, error) => {
    expect(await domain((_req, res) => res.end(expires(date)))).toMatchObject({ status, error })
  })

  it('the register that knows is asked where another one names it', async () => {
    const knowing = await site((_req, res) => res.end(expires('2027-08-13T04:00:00Z')))
    const found = await domain((_req, res) => res.writeHead(302, { location: `${knowing}domain/example.com` }).end())
    expect(found).toMatchObject({ ...UP, domainExpiresAt: new Date('2027-08-13T04:00:00Z') })
  })

  it('a domain that no register knows is down', async () => {
    const found = await domain((_req, res) => res.writeHead(404).end('{}'))
    expect(found).toMatchObject({ status: 'down', error: 'The domain is not registered, or no register knows it.' })
  })

  it.each([
    ['is busy', (_req, res) => res.writeHead(503).end(), 'The register of domains answered 503.'],
    ['hangs up', (req) => void req.socket.destroy(), 'The register of domains did not answer.'],
    [
      'turns in circles',
      (_req, res) => res.writeHead(302, { location: '/' }).end(),
      'The register of domains did not answer.',
    ],
    ['speaks something else', (_req, res) => res.end('<html>'), 'The register does not say when the domain expires.'],
    ['knows no end', (_req, res) => res.end(expires('soon')), 'The register does not say when the domain expires.'],
  ] as [string, RequestListener, string][])(
    'a register that %s says nothing about the domain',
    async (_what, listener, error) => {
      expect(await domain(listener)).toEqual({ ...NOTHING, status: 'unknown', via: 'rdap', error })
    },
  )
})

describe('private targets', () => {
  it.each(['http', 'tcp', 'icmp', 'dns', 'tls'] as const)(
    'are not asked by %s unless they are allowed',
    async (checkType) => {
      const hit = vi.fn()
      const port = await listening(createTcpServer(hit))
      const ping = vi.fn(NOBODY)
      for (const host of ['127.0.0.1', 'site.example.com']) {
        const url = `http://${host}:80/`
        const target = checkType === 'tcp' || checkType === 'tls' ? `${host}:${port}` : host
        const kind = checkType === 'http' ? 'website' : 'wan'
        const found = await check({ kind, checkType, url, target }, { allowPrivate: false, ping })
        expect(found).toMatchObject({
          status: 'down',
          error: expect.stringMatching(/not public|must name a public host/),
        })
      }
      expect(hit).not.toHaveBeenCalled()
      expect(ping).not.toHaveBeenCalled()
    },
  )
})
