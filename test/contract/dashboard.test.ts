import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
let admin = ''
beforeAll(async () => {
  admin = (await minted(server)).token
})

const get = (path: string, key: string | undefined = admin) => server.request(`/api/v1${path}`, { key })

/** The document's own examples as they stand in it: key order and decimals are part of the promise. */
const WHOLE: [string, string][] = [
  [
    '/finance',
    '{"asOf":"2026-05-23","totalTransactions":42,"recentIncome":18450.00,"recentExpense":7920.50,"totalRecurringMonthly":1245.00,"vendorCount":12,"businessLineCount":9,"budgetCount":4}',
  ],
  [
    '/hr',
    '{"asOf":"2026-05-23","totalEmployees":8,"activeEmployees":8,"onLeaveToday":1,"pendingLeaveRequests":2,"latestPayroll":{"month":4,"year":2026,"totalGross":32500.00,"totalNet":24875.00,"employeeCount":8,"status":"paid"}}',
  ],
  [
    '/hostinger',
    '{"vps":[{"id":4521,"hostname":"vps-prod-1","state":"running","publicIp":"203.0.113.42","plan":"KVM 4","monthlyCost":19.99,"cpus":4,"memoryGb":16,"diskGb":200}],"domains":[{"domain":"example.com","expiresAt":"2027-03-15T00:00:00Z","autoRenew":true}]}',
  ],
]

const PARTS: [string, string[]][] = [
  [
    '/apps',
    [
      '{"count":28,"apps":[{"slug":"jbratton45/omniforgehq","name":"omniforgehq","language":"TypeScript","pushedAt":"2026-05-22T10:30:00Z","url":"https://github.com/jbratton45/omniforgehq"}',
      '"deployments":[{"appName":"OmniForgeHQ","dropletId":12345678,"dropletName":"Omni-Suite-Plainfield","url":"https://omniforgehq.com","githubRepo":"jbratton45/omniforgehq","notes":null}',
    ],
  ],
  [
    '/droplets',
    [
      '{"count":3,"totalMonthlyEstimate":144.00,"droplets":[{"id":12345678,"name":"Omni-Suite-Plainfield","status":"active","publicIp":"192.0.2.15","region":"New York 1","size":"s-4vcpu-8gb","memoryGb":8,"vcpus":4,"diskGb":160,"monthlyCost":48.00,"tags":[],"createdAt":"2025-08-12T14:22:00Z"}',
    ],
  ],
  [
    '/security',
    [
      '{"asOf":"2026-05-23T11:42:00Z","appliedFilters":{"state":"open","limit":500},"count":27,"summary":{"totalOpen":27,"openBySeverity":{"high":27},"openByCategory":{"branch_protection":27},"openByControl":{"CC8.1":27},"resolvedLast30Days":0},"findings":[{"id":1,"source":"github-branch-protection","repo":"jbratton45/omniforgehq","title":"Default branch \'main\' has no protection rules","severity":"high","state":"open","category":"branch_protection","soc2Control":"CC8.1","firstSeenAt":"2026-05-23T11:42:00Z","url":"https://github.com/jbratton45/omniforgehq/settings/branches"}',
      '"total":27,"nextCursor":null}',
    ],
  ],
  [
    '/tools',
    [
      '{"count":23,"totalMonthlyEstimate":487.50,"tools":[',
      '{"id":7,"name":"GitHub","category":"development","monthlyCost":21.00,"owner":"james@jamesbratton.me","url":"https://github.com","credentialsHint":"Vault entry #3"}',
    ],
  ],
]

const KEYS: [string, string, string][] = [
  ['/apps', 'apps', 'slug name language pushedAt url'],
  ['/apps', 'deployments', 'appName dropletId dropletName url githubRepo notes'],
  ['/droplets', 'droplets', 'id name status publicIp region size memoryGb vcpus diskGb monthlyCost tags createdAt'],
  ['/databases', 'databases', 'id name engine version region size nodes status monthlyCost createdAt'],
  ['/spaces', 'spaces', 'name region endpoint createdAt'],
  ['/tools', 'tools', 'id name category monthlyCost owner url credentialsHint'],
  ['/notes', 'notes', 'id title kind body tags author createdAt updatedAt'],
  ['/documents', 'documents', 'id name mimeType sizeBytes sha256 uploadedBy createdAt'],
  ['/security', 'findings', 'id source repo title severity state category soc2Control firstSeenAt url'],
]

describe('document 000', () => {
  it('shows the documented caller, byte for byte', async () => {
    const { status, text } = await get('/me', server.key('SOC2 platform'))
    expect(status).toBe(200)
    expect(text).toBe(
      '{"keyId":3,"name":"SOC2 platform","isAdmin":false,"permissions":["apps","servers"],"createdBy":"james@jamesbratton.me"}',
    )
  })

  it('calls the permissions of an admin key "admin", whatever key it is', async () => {
    const { json } = await get('/me')
    expect(json).toMatchObject({ isAdmin: true, permissions: ['admin'] })
  })

  it.each(WHOLE)('answers %s with the documented example, byte for byte', async (path, example) => {
    const { status, headers, text } = await get(path)
    expect([status, headers.get('content-type'), text]).toEqual([200, 'application/json; charset=utf-8', example])
  })

  it.each(PARTS)('answers %s with the documented example inside', async (path, examples) => {
    const { status, text } = await get(path)
    expect(status).toBe(200)
    for (const example of examples) expect(text).toContain(example)
  })

  it.each(KEYS)(
    'gives each of the rows of %s under %s exactly the documented keys, in order',
    async (path, rows, keys) => {
      const { json } = await get(path)
      expect(json[rows].length).toBeGreaterThan(0)
      for (const row of json[rows]) expect(Object.keys(row).join(' ')).toBe(keys)
    },
  )

  it.each(['/apps', '/droplets', '/databases', '/spaces', '/tools', '/notes', '/documents'])(
    'counts in %s the rows that it shows',
    async (path) => {
      const { json } = await get(path)
      expect(json.count).toBe(json[path.slice(1)].length)
    },
  )

  it.each([
    ['/droplets', 'droplets'],
    ['/databases', 'databases'],
    ['/tools', 'tools'],
  ])('sums %s to the cent', async (path, rows) => {
    const { text, json } = await get(path)
    const cents = json[rows].reduce(
      (sum: number, row: { monthlyCost: number }) => sum + Math.round(row.monthlyCost * 100),
      0,
    )
    expect(text).toContain(`"totalMonthlyEstimate":${(cents / 100).toFixed(2)},`)
  })

  it('shows nothing of another organization', async () => {
    const { token } = await minted(server, { organization: 1 })
    const { json } = await get('/droplets', token)
    expect(json.droplets.map(({ id }: { id: number }) => id)).not.toContain(12345678)
    expect((await get('/apps')).text).not.toContain('CANARY')
  })
})

const OPENS: Record<string, string[]> = {
  apps: ['/apps'],
  servers: ['/droplets', '/databases', '/spaces', '/hostinger'],
  finance: ['/finance'],
  hr: ['/hr'],
  security: ['/security'],
  notes: ['/notes'],
  documents: ['/documents'],
}
const GUARDED = [...Object.values(OPENS).flat(), '/tools']

describe('scopes', () => {
  it.each(Object.entries(OPENS))('%s opens its endpoints and no other', async (scope, opened) => {
    const { token } = await minted(server, { scopes: [scope] })
    expect((await get('/me', token)).json.permissions).toEqual([scope])
    for (const path of GUARDED) {
      const { status, headers, json } = await get(path, token)
      if (opened.includes(path)) expect([path, status]).toEqual([path, 200])
      else {
        expect([path, status, json.code]).toEqual([path, 403, 'forbidden'])
        expect(headers.get('www-authenticate')).toMatch(/^Bearer error="insufficient_scope", scope="[a-z]+:read"$/)
      }
    }
  })

  it('admin opens every endpoint', async () => {
    const { token } = await minted(server, { isAdmin: true })
    for (const path of GUARDED) expect([path, (await get(path, token)).status]).toEqual([path, 200])
  })

  it('every other scope together does not open the tools', async () => {
    const { token } = await minted(server, { scopes: Object.keys(OPENS) })
    expect((await get('/tools', token)).status).toBe(403)
  })

  it('a key of any family may call any path that its permissions allow', async () => {
    const { token } = await minted(server, { family: 'clientst0r', scopes: ['finance:read'] })
    expect((await get('/finance', token)).status).toBe(200)
    expect((await get('/hr', token)).status).toBe(403)
  })
})

describe('errors', () => {
  const shaped = (answer: Awaited<ReturnType<typeof get>>, status: number, code: string) => {
    expect([answer.status, Object.keys(answer.json)]).toEqual([status, ['error', 'code', 'requestId']])
    expect(answer.json).toMatchObject({ code, error: expect.stringMatching(/^.+\.$/) })
    expect(answer.json.requestId).toBe(answer.headers.get('x-request-id'))
  }

  it('401 without a credential', async () => {
    const answer = await server.request('/api/v1/apps')
    shaped(answer, 401, 'unauthenticated')
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })

  it('401 with one that is no key', async () => {
    const answer = await get('/apps', 'dsk_00000000000000000000000000000000000000')
    shaped(answer, 401, 'invalid_token')
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
  })

  it('403 without the scope, named in the header', async () => {
    const answer = await get('/hr', server.key('SOC2 platform'))
    shaped(answer, 403, 'forbidden')
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="hr:read"')
  })

  it('404 at a path that does not exist', async () => shaped(await get('/nowhere'), 404, 'not_found'))

  it('404 for a document that does not exist', async () =>
    shaped(await get('/documents/999/content'), 404, 'not_found'))

  it.each(['/apps', '/me', '/security', '/hr', '/tools'])(
    '405 for a write to %s, with what is allowed',
    async (path) => {
      const answer = await server.request(`/api/v1${path}`, { method: 'DELETE', key: admin })
      shaped(answer, 405, 'method_not_allowed')
      expect(answer.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
    },
  )

  it('429 from an empty bucket, with the seconds to wait', async () => {
    const { token } = await minted(server, { capacity: 1, refillPerSecond: 0.1 })
    expect((await get('/me', token)).status).toBe(200)
    const answer = await get('/me', token)
    shaped(answer, 429, 'rate_limited')
    expect(answer.headers.get('retry-after')).toMatch(/^(9|10)$/)
    expect(answer.headers.get('x-ratelimit-remaining')).toBe('0')
  })

  it.each([
    ['/notes?colour=red', 'colour: Unknown parameter; the valid ones are kind, limit, cursor.'],
    ['/apps?x=1', 'x: This route takes no parameters.'],
    ['/me?y=', 'y: This route takes no parameters.'],
  ])('400 for an unknown parameter: %s names the valid ones', async (path, sentence) => {
    const answer = await get(path)
    shaped(answer, 400, 'invalid_request')
    expect(answer.json.error).toBe(sentence)
  })
})
