import { expect, it } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'
import { tablesOf } from '../../test/tenancy/catalogue.ts'

const graph = testGraph()

const FIELDS = `id title passwordType passwordTypeDisplay username password url notes otpIssuer hasOtp expiresAt isExpired
  breachStatus requiresApproval asset { name } tags { slug }`
const CREATE = `mutation ($input: CreatePasswordEntryInput!) { createPasswordEntry(input: $input) { ${FIELDS} } }`
const UPDATE = `mutation ($id: ID!, $input: UpdatePasswordEntryInput!) {
  updatePasswordEntry(id: $id, input: $input) { ${FIELDS} } }`
const DELETE = 'mutation ($id: ID!) { deletePasswordEntry(id: $id) { id title password tags { slug } } }'
const LIST = `query ($search: String, $filter: PasswordEntryFilter, $orderBy: [PasswordEntryOrder!]) {
  passwordEntries(search: $search, filter: $filter, orderBy: $orderBy, first: 200) { nodes { ${FIELDS} } } }`
const REVEAL = 'query ($id: ID!) { passwordEntry(id: $id, reveal: true) { title password hasOtp } }'
const OTP_SECRET = 'otpauth://totp/Acme:ada?secret=JBSWY3DPEHPK3PXP&issuer=Acme'

async function run(query: string, variables: Record<string, unknown>) {
  const { data, errors } = await graph.as().run(query, variables)
  expect(errors).toBeUndefined()
  return data
}
const create = async (input: object) => (await run(CREATE, { input })).createPasswordEntry
const update = async (id: string, input: object) => (await run(UPDATE, { id, input })).updatePasswordEntry
const reveal = async (id: string) => (await run(REVEAL, { id })).passwordEntry.password
const { refusal } = graph
const titles = async (variables: Record<string, unknown>) =>
  (await run(LIST, { orderBy: [{ field: 'TITLE' }], ...variables })).passwordEntries.nodes.map(
    ({ title }: { title: string }) => title,
  )

it('an entry is kept with everything that was said of it, its secrets masked', async () => {
  const tag = await run('mutation { createTag(input: { name: "Root" }) { id } }', {})
  const asset = await run('mutation { createAsset(input: { name: "core-switch" }) { id } }', {})
  const said = {
    ...{ title: 'Core switch', passwordType: 'NETWORK_DEVICE', username: 'admin', url: 'ssh://core.example.com' },
    ...{ notes: 'Serial port works too.', expiresAt: '2026-05-23T11:41:00Z', requiresApproval: true },
  }
  const made = await create({
    ...{ ...said, password: 'hunter2', otpSecret: OTP_SECRET, assetId: asset.createAsset.id },
    tagIds: [tag.createTag.id],
  })
  expect(made).toEqual({
    ...{ ...said, id: expect.stringMatching(/^\d+$/), passwordTypeDisplay: 'Network Device', password: '**********' },
    ...{ otpIssuer: 'Acme', hasOtp: true, isExpired: true, breachStatus: 'UNKNOWN' },
    ...{ asset: { name: 'core-switch' }, tags: [{ slug: 'root' }] },
  })
  const { assets } = await run('{ assets { nodes { passwordEntries { totalCount nodes { title password } } } } }', {})
  expect(assets.nodes[0].passwordEntries).toEqual({
    totalCount: 1,
    nodes: [{ title: 'Core switch', password: '**********' }],
  })
})

it('an entry needs a title and nothing else', async () => {
  expect(await create({ title: 'bare' })).toMatchObject({
    ...{ passwordType: 'WEBSITE', passwordTypeDisplay: 'Website Login', password: null, hasOtp: false },
    ...{ otpIssuer: null, isExpired: false, expiresAt: null, requiresApproval: false, tags: [], asset: null },
  })
})

it.each([
  [{ title: ' ' }, 'title'],
  [{ password: '' }, 'password'],
  [{ password: '**********' }, 'password'],
  [{ password: 'x'.repeat(20_001) }, 'password'],
  [{ otpSecret: 'not base 1!' }, 'otpSecret'],
  [{ url: 'javascript:alert(1)' }, 'url'],
  [{ url: 'nowhere' }, 'url'],
  [{ passwordType: null }, 'passwordType'],
  [{ tagIds: ['2000000000'] }, 'tagIds'],
  [{ assetId: '2000000000' }, 'assetId'],
])('%j is refused under its own name', async (input, field) => {
  const refused = await refusal(CREATE, { input: { title: 'x', ...input } })
  expect(refused).toMatchObject({ code: 'INVALID_REQUEST', fields: { [field]: [expect.any(String)] } })
})

it('what is left out of a change stays, null clears, and so does a new secret replace the old', async () => {
  const { id } = await create({ title: 'Mail', password: 'first', otpSecret: OTP_SECRET, username: 'ada' })
  expect(await update(id, { title: 'Mail server' })).toMatchObject({ password: '**********', hasOtp: true })
  expect(await reveal(id)).toBe('first')
  await update(id, { password: 'second', username: '' })
  expect(await reveal(id)).toBe('second')
  expect(await update(id, { otpSecret: null })).toMatchObject({ hasOtp: false, otpIssuer: null, username: null })
  expect(await update(id, { password: null })).toMatchObject({ password: null })
  expect(await reveal(id)).toBeNull()
})

it('a mask that is sent back is no new password', async () => {
  const { id } = await create({ title: 'Mail', password: 'kept' })
  await update(id, { title: 'Mail 2', password: '**********' })
  expect(await reveal(id)).toBe('kept')
})

it('a change of a secret is announced and audited without telling it', async () => {
  const { id } = await create({ title: 'Told', password: 'uncommon-plaintext-1' })
  await update(id, { password: 'uncommon-plaintext-2' })
  await update(id, { otpSecret: OTP_SECRET })
  await run(DELETE, { id })
  const { events, audit } = await graph.trail()
  expect(events.slice(-3).map(({ type }) => type)).toEqual([
    ...['password_entry.updated', 'password_entry.updated', 'password_entry.deleted'],
  ])
  expect(audit.at(-3)?.changes).toEqual({ secretVersion: { from: 1, to: 2 } })
  const told = JSON.stringify([events, audit], (_key, value) => (typeof value === 'bigint' ? String(value) : value))
  expect(told).not.toMatch(/uncommon-plaintext|JBSWY3DPEHPK3PXP|wrappedKey|keyId|"password":|otpSecret/)
})

it('no table says a secret in plain text', async () => {
  const secret = 'Zx9-unmistakable-plaintext'
  const { id } = await create({ title: 'Searched', password: secret, otpSecret: 'KRUGS4ZANFZSAYJAONXGC3LQNRSQ' })
  await reveal(id)
  const hexadecimal = Buffer.from(secret).toString('hex')
  for (const table of (await tablesOf(graph.kit.app)).filter((name) => name !== '_prisma_migrations')) {
    const found = await graph.kit.app.query(
      `SELECT 1 FROM "${table}" t WHERE t::text ILIKE ANY (ARRAY['%' || $1 || '%', '%' || $2 || '%', '%KRUGS4ZANFZSAYJAONXGC3LQNRSQ%'])`,
      [secret, hexadecimal],
    )
    expect(found, table).toEqual([])
  }
})

it('ciphertext that is moved to another row or column opens nothing', async () => {
  const [one, two] = [
    await create({ title: 'one', password: 'of one', otpSecret: OTP_SECRET }),
    await create({ title: 'two', password: 'of two' }),
  ]
  const { query } = graph.kit.app
  const steal = (columns: string) =>
    query(`UPDATE password_entry t SET ${columns} FROM password_entry s WHERE s.id = $1 AND t.id = $2`, [
      one.id,
      two.id,
    ])
  await steal('password = s.password')
  expect(await refusal(REVEAL, { id: two.id })).toMatchObject({ code: 'INTERNAL_ERROR' })
  await steal('password = s.password, wrapped_key = s.wrapped_key')
  expect(await refusal(REVEAL, { id: two.id })).toMatchObject({ code: 'INTERNAL_ERROR' })
  await query('UPDATE password_entry SET password = otp_secret WHERE id = $1', [one.id])
  expect(await refusal(REVEAL, { id: one.id })).toMatchObject({ code: 'INTERNAL_ERROR' })
  await query('DELETE FROM password_entry WHERE id = ANY ($1)', [[one.id, two.id]])
})

it('entries are filtered and searched by what is shown of them, never by their secrets', async () => {
  const prefix = { notes: 'filtered' }
  await create({
    ...prefix,
    title: 'F1',
    username: 'Grace',
    password: 'needle-in-secret',
    expiresAt: '2026-01-01T00:00:00Z',
  })
  await create({ ...prefix, title: 'F2', url: 'https://grace.example.com', otpSecret: OTP_SECRET })
  await create({ ...prefix, title: 'F3', passwordType: 'WIFI', expiresAt: '2027-01-01T00:00:00Z' })
  expect(await titles({ search: 'grace' })).toEqual(['F1', 'F2'])
  expect(await titles({ search: 'needle' })).toEqual([])
  expect(await titles({ search: 'filtered' })).toEqual([])
  const title = { startsWith: 'F' }
  expect(await titles({ filter: { title, isExpired: { eq: true } } })).toEqual(['F1'])
  expect(await titles({ filter: { title, isExpired: { eq: false } } })).toEqual(['F2', 'F3'])
  expect(await titles({ filter: { title, isExpired: { isNull: true } } })).toEqual([])
  expect(await titles({ filter: { title, not: { isExpired: { eq: true } } } })).toEqual(['F2', 'F3'])
  expect(await titles({ filter: { title, hasOtp: { eq: true } } })).toEqual(['F2'])
  expect(await titles({ filter: { title, passwordType: { eq: 'WIFI' } } })).toEqual(['F3'])
})

it('reading, writing and revealing each need their permission, and another organization finds nothing', async () => {
  const { id } = await create({ title: 'guarded', password: 'x' })
  const asked = (permissions: string[], query: string, variables: Record<string, unknown>) =>
    refusal(query, variables, { permissions: permissions as never })
  expect(await asked([], LIST, {})).toMatchObject({ code: 'FORBIDDEN', need: 'vault:read' })
  expect(await asked(['vault:read'], UPDATE, { id, input: {} })).toMatchObject({ need: 'vault:write' })
  expect(await asked(['vault:read', 'vault:write'], REVEAL, { id })).toMatchObject({ need: 'vault:reveal' })
  const theirs = await graph.as({ organization: 'b' }).run(REVEAL, { id })
  expect(theirs.errors?.[0]).toMatchObject({ message: 'No such password_entry.', extensions: { code: 'NOT_FOUND' } })
})
