import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isPublic } from './address.ts'
import { OutboundError } from './error.ts'
import { createOutbound, type OutboundOptions } from './outbound.ts'
import type { OutboundRequest } from './request.ts'

type Heard = { host: string | undefined; method: string | undefined; url: string | undefined }

/** Something inside that nobody outside may reach. */
const canary = createServer((req, res) => answer(req, res))
const heard: Heard[] = []
let answer: (req: IncomingMessage, res: ServerResponse) => void
let port: number

beforeAll(async () => {
  canary.on('connection', () => connections++)
  await once(canary.listen(0), 'listening')
  port = (canary.address() as AddressInfo).port
})
beforeEach(() => {
  heard.length = 0
  connections = 0
  answer = ({ headers: { host }, method, url }, res) => {
    heard.push({ host, method, url })
    res.end('inside')
  }
})
afterAll(() => canary.close())
let connections = 0

const PUBLIC = '203.1.113.77'
const wish = (url: string, more: Partial<OutboundRequest> = {}): OutboundRequest => ({
  ...{ url, method: 'POST', timeoutMs: 400, maxBytes: 1000, body: '{}' },
  ...more,
})

const outbound = (options: Partial<OutboundOptions> = {}) =>
  createOutbound({ ports: [80, 443, port], resolve: async () => ['127.0.0.1'], ...options })
const open = (options: Partial<OutboundOptions> = {}) => outbound({ allowPrivate: true, ...options })

const words = (work: Promise<unknown>) =>
  work.then(
    () => 'it was answered',
    (error: unknown) => (error instanceof OutboundError ? error.message : `not an OutboundError: ${error}`),
  )

/** Ways to write an address that is not one of a host on the internet. */
const PRIVATE = [
  ...[
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f.1',
    '0x7f000001',
    '0177.0.0.1',
    '017700000001',
    '0',
    '0.0.0.0',
  ],
  ...[
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '169.254.169.254',
  ],
  ...[
    '168.63.129.16',
    '192.0.0.192',
    '192.88.99.1',
    '198.18.0.1',
    '192.0.2.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
  ],
  ...[
    '[::]',
    '[::1]',
    '[::127.0.0.1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::ffff:0:127.0.0.1]',
    '[0:0:0:0:0:ffff:a00:1]',
  ],
  ...[
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[2001::7f00:1]',
    '[fe80::1]',
    '[fec0::1]',
    '[fc00::1]',
  ],
  ...['[fd00:ec2::254]', '[ff02::1]', '[2001:db8::1]', '[100::1]', '[5f00::1]', '[4000::1]', '[2001:20::1]'],
  ...[
    'localhost',
    'LOCALHOST',
    'localhost.',
    'app.localhost',
    'metadata.google.internal',
    'printer.local',
    'nas.home.arpa',
  ],
]

describe('an address that somebody typed', () => {
  it.each(PRIVATE)('%s is refused, by its words and when it is called', async (host) => {
    const url = `http://${host}:${port}/`
    expect(outbound().refusal(url)).toBe('must name a public host; private and reserved addresses are not called.')
    expect(await words(outbound().request(wish(url)))).toMatch(/public/)
    const bare = new URL(url).hostname
    expect(outbound().hostRefusal(bare)).toMatch(/public/)
    expect(await words(outbound().connect({ host: bare, port, timeoutMs: 400 }))).toBe('The host is not public.')
    expect([connections, heard]).toEqual([0, []])
  })

  it.each([
    'ftp://example.com/',
    'file:///etc/passwd',
    'gopher://example.com/',
    'javascript:alert(1)',
    'example.com',
    '',
    'http://',
  ])('%j is no address to call', async (url) => {
    expect(outbound().refusal(url)).toBe('must be an address that starts with http:// or https://.')
    expect(await words(open().request(wish(url)))).toMatch(/http:/)
  })

  it('holds no user name or password, and one of the ports that are listed', () => {
    expect(outbound().refusal('https://name@example.com/')).toMatch(/user name/)
    expect(outbound().refusal('https://:word@example.com/')).toMatch(/user name/)
    expect(outbound().refusal('https://example.com:22/')).toBe(`must use one of the ports 80, 443, ${port}.`)
    expect(outbound().refusal('https://example.com:443/')).toBeUndefined()
    expect(outbound().refusal('http://example.com/a?b=c')).toBeUndefined()
    expect(outbound().refusal('http://1.1.1.1/')).toBeUndefined()
    expect(outbound().refusal('http://[2606:4700::1111]/')).toBeUndefined()
  })

  it('is a public host’s for the internet’s own', () => {
    for (const address of ['1.1.1.1', '8.8.8.8', '2606:4700:4700::1111', '2a00:1450:4001:80b::200e'])
      expect(isPublic(address), address).toBe(true)
    for (const text of ['example.com', '', '1.1.1.1/32']) expect(isPublic(text), text).toBe(false)
  })
})

describe('a name', () => {
  const url = () => `http://rebound.example.com:${port}/`

  it.each([['127.0.0.1'], ['10.1.2.3'], ['::1'], ['::ffff:169.254.169.254'], ['64:ff9b::a00:1']])(
    'that leads to %s is not called, and nobody learns where it leads',
    async (address) => {
      for (const answers of [[address], [PUBLIC, address], [address, PUBLIC]])
        expect(await words(outbound({ resolve: async () => answers }).request(wish(url())))).toBe(
          'The host is not public.',
        )
      expect(connections).toBe(0)
    },
  )

  it('that is public when it is checked and private afterwards reaches nothing inside', async () => {
    const asked: string[] = []
    const flipping = async (host: string) => {
      asked.push(host)
      return [asked.length === 1 ? PUBLIC : '127.0.0.1']
    }
    const guarded = outbound({ resolve: flipping })
    expect(await words(guarded.request(wish(url())))).toMatch(/in time|unreachable|refused/)
    expect(asked).toEqual(['rebound.example.com'])
    expect(await words(guarded.request(wish(url())))).toBe('The host is not public.')
    expect(await words(guarded.connect({ host: 'rebound.example.com', port, timeoutMs: 400 }))).toBe(
      'The host is not public.',
    )
    expect(await words(guarded.addresses({ host: 'rebound.example.com', timeoutMs: 400 }))).toBe(
      'The host is not public.',
    )
    expect([connections, heard]).toEqual([0, []])
  })

  it('is connected to at the address that was checked, and told to the server as it was written', async () => {
    const { status, body } = await open().request(wish(`http://rebound.example.com:${port}/path?x=1`))
    expect([status, body.toString()]).toEqual([200, 'inside'])
    expect(heard).toEqual([{ host: `rebound.example.com:${port}`, method: 'POST', url: '/path?x=1' }])
    const socket = await open().connect({ host: 'rebound.example.com', port, timeoutMs: 400 })
    expect(socket.remoteAddress).toMatch(/127\.0\.0\.1$/)
    socket.destroy()
    expect(await open().addresses({ host: 'rebound.example.com', timeoutMs: 400 })).toEqual([
      { address: '127.0.0.1', family: 4 },
    ])
  })

  it('that nobody knows, or nobody answers for, is told so in time', async () => {
    const unknown = async () =>
      Promise.reject(Object.assign(new Error('queryA ENOTFOUND secret'), { code: 'ENOTFOUND' }))
    expect(await words(outbound({ resolve: unknown }).request(wish(url())))).toBe('The host is unknown.')
    const never = () => new Promise<string[]>(() => {})
    expect(await words(outbound({ resolve: never }).request(wish(url())))).toMatch(/in time/)
    expect(await words(outbound({ resolve: async () => [] }).request(wish(url())))).toBe('The host has no address.')
  })
})

describe('an answer', () => {
  const here = () => `http://127.0.0.1:${port}/`

  it('that leads elsewhere is not followed', async () => {
    answer = ({ url, method, headers: { host } }, res) => {
      heard.push({ host, method, url })
      res.writeHead(307, { location: `http://127.0.0.1:${port}/inside` }).end()
    }
    const { status, headers } = await open().request(wish(here()))
    expect([status, headers.location]).toEqual([307, `http://127.0.0.1:${port}/inside`])
    expect(heard).toHaveLength(1)
  })

  it('is read no further than its bound', async () => {
    let written = 0
    answer = (_req, res) => {
      const more = () => {
        while (!res.destroyed && res.write('x'.repeat(16_384))) written += 16_384
        if (!res.destroyed) res.once('drain', more)
      }
      more()
    }
    const { body, truncated } = await open().request(wish(here()))
    expect([body.length, truncated]).toEqual([1000, true])
    expect(written).toBeLessThan(8_000_000)
  })

  it('that does not come, or does not end, is waited for no longer than was said', async () => {
    answer = () => {}
    expect(await words(open().request(wish(here())))).toBe('There was no complete answer in time.')
    answer = (_req, res) => void res.writeHead(200).write('x')
    expect(await words(open().request(wish(here())))).toBe('There was no complete answer in time.')
  })

  it('is not waited for by whoever gave up', async () => {
    answer = () => {}
    const giving = new AbortController()
    const asked = words(open().request(wish(here(), { timeoutMs: 60_000, signal: giving.signal })))
    giving.abort()
    expect(await asked).toBe('There was no complete answer in time.')
  })

  it('in another language, cut off, or refused is told in a sentence', async () => {
    const talker = createTcpServer((socket) => socket.end('220 mail.example.com ESMTP\r\n'))
    await once(talker.listen(0), 'listening')
    const { port: strange } = talker.address() as AddressInfo
    expect(await words(open().request(wish(`http://127.0.0.1:${strange}/`)))).toBe('The answer was not HTTP.')
    expect(await words(open().request(wish(`https://127.0.0.1:${strange}/`)))).toMatch(/certificate|call failed/)
    talker.close()
    answer = (req) => req.socket.destroy()
    expect(await words(open().request(wish(here())))).toBe('The connection was reset.')
    expect(await words(open().request(wish('http://127.0.0.1:9/')))).toBe('The connection was refused.')
  })
})
