import { expect, it } from 'vitest'
import { type Caller, testGraph } from '../../test/kit/graph.ts'

const graph = testGraph()

const CREATE = 'mutation ($input: CreatePasswordEntryInput!) { createPasswordEntry(input: $input) { id } }'
const UPDATE =
  'mutation ($id: ID!, $input: UpdatePasswordEntryInput!) { updatePasswordEntry(id: $id, input: $input) { id } }'
const REVEAL = `query ($id: ID!) { passwordEntry(id: $id, reveal: true) {
  title password tags { slug } revealGrants { nodes { state } } } }`
const OTP = 'query ($id: ID!) { passwordOtp(id: $id) { otp { code timeRemaining issuer } } }'
const ASK = `mutation ($id: ID!, $input: RequestRevealInput!) {
  requestReveal(id: $id, input: $input) { id state reason user { email } } }`
const APPROVE = `mutation ($id: ID!, $input: ApproveRevealInput) {
  approveReveal(id: $id, input: $input) { state expiresAt singleUse decidedBy { email } } }`
const REFUSE = 'mutation ($id: ID!) { refuseReveal(id: $id) { state } }'
const OTP_SECRET = 'otpauth://totp/Acme:ada?secret=JBSWY3DPEHPK3PXP&issuer=Acme'

const owner: Caller = { role: 'owner' }
const admin: Caller = { role: 'admin' }
const reason = { reason: 'The disk has to be replaced.' }

async function create(input: object = {}): Promise<string> {
  const { data } = await graph.as().run(CREATE, {
    input: { title: 'Root', password: 'hunter2', otpSecret: OTP_SECRET, requiresApproval: true, ...input },
  })
  return data.createPasswordEntry.id
}
const run = (caller: Caller, query: string, id: string, input?: object) => graph.as(caller).run(query, { id, input })
const code = async (caller: Caller, query: string, id: string, input?: object) =>
  (await run(caller, query, id, input)).errors?.[0]?.extensions.code
const reveal = async (caller: Caller, id: string) =>
  (await run(caller, REVEAL, id)).data?.passwordEntry?.password as string | undefined
const ask = async (caller: Caller, id: string) => (await run(caller, ASK, id, reason)).data.requestReveal.id as string
async function approved(id: string, input: object = {}): Promise<string> {
  const grant = await ask(admin, id)
  expect((await run(owner, APPROVE, grant, input)).errors).toBeUndefined()
  return grant
}

it('a reveal shows the password, and is audited and announced with who and what', async () => {
  const id = await create({ requiresApproval: false })
  const caller = graph.as()
  const { data } = await caller.run(REVEAL, { id })
  expect(data.passwordEntry).toEqual({ title: 'Root', password: 'hunter2', tags: [], revealGrants: { nodes: [] } })
  expect(caller.ctx.answer.secret).toBe(true)
  const { audit, events } = await graph.trail()
  expect(audit.at(-1)).toMatchObject({ action: 'password_entry.revealed', targetId: id, actorName: 'test' })
  expect(events.at(-1)).toMatchObject({ type: 'password_entry.revealed', data: { id: Number(id), title: 'Root' } })
})

it('without its audit row there is no secret', async () => {
  const [id, guarded] = [await create({ requiresApproval: false }), await create()]
  await approved(guarded)
  const caller = graph.as(admin)
  caller.ctx.address = '\0'
  for (const query of [REVEAL, OTP])
    for (const each of [id, guarded]) {
      const { data, errors } = await caller.run(query, { id: each })
      expect(errors?.[0]?.extensions.code).toBe('INTERNAL_ERROR')
      expect(JSON.stringify(data)).not.toMatch(/hunter2|\d{6}/)
    }
  expect(await reveal(admin, guarded), 'the grant was not used up').toBe('hunter2')
})

it('a one-time code is audited like a password', async () => {
  const id = await create({ requiresApproval: false })
  const { data } = await run(owner, OTP, id)
  expect(data.passwordOtp.otp).toEqual({ code: expect.stringMatching(/^\d{6}$/), timeRemaining: 30, issuer: 'Acme' })
  expect((await graph.trail()).audit.at(-1)).toMatchObject({ action: 'password_entry.otp_read', targetId: id })
})

it('an entry without a secret for codes makes none', async () => {
  const id = await create({ requiresApproval: false, otpSecret: null })
  expect((await run(owner, OTP, id)).errors?.[0]).toMatchObject({
    message: 'Not an OTP entry',
    extensions: { code: 'INVALID_REQUEST' },
  })
})

it('a guarded entry is shown to nobody before a second person has approved it', async () => {
  const id = await create()
  expect(await code(admin, REVEAL, id)).toBe('FORBIDDEN')
  expect(await code(admin, OTP, id)).toBe('FORBIDDEN')
  const asked = await run(admin, ASK, id, reason)
  expect(asked.data.requestReveal).toMatchObject({
    ...reason,
    state: 'PENDING',
    user: { email: 'admin@a.example.com' },
  })
  const grant = asked.data.requestReveal.id
  expect(await code(admin, REVEAL, id)).toBe('FORBIDDEN')
  for (const query of [APPROVE, REFUSE]) expect(await code(admin, query, grant)).toBe('FORBIDDEN')
  const { data } = await run(owner, APPROVE, grant)
  expect(data.approveReveal).toEqual({
    ...{ state: 'APPROVED', expiresAt: '2026-05-23T12:42:00Z', singleUse: true },
    decidedBy: { email: 'owner@a.example.com' },
  })
  expect(await code(owner, REVEAL, id), 'it is for whoever asked').toBe('FORBIDDEN')
  expect(await reveal(admin, id)).toBe('hunter2')
  expect(await code(admin, REVEAL, id), 'once').toBe('FORBIDDEN')
  const { events } = await graph.trail()
  expect(events.at(-1)).toMatchObject({ type: 'password_entry.revealed', data: { grantId: Number(grant) } })
})

it('a grant for once opens once, however many try at the same time', async () => {
  const id = await create()
  await approved(id)
  const tries = await Promise.all(Array.from({ length: 10 }, () => reveal(admin, id)))
  expect(tries.filter((password) => password === 'hunter2')).toHaveLength(1)
})

it('another grant opens until it expires', async () => {
  const id = await create()
  await approved(id, { singleUse: false, expiresAt: '2026-05-23T11:43:00Z' })
  expect([await reveal(admin, id), await reveal(admin, id)]).toEqual(['hunter2', 'hunter2'])
  const late = graph.as(admin)
  late.ctx.clock = { now: () => new Date('2026-05-23T11:43:00Z') }
  expect((await late.run(REVEAL, { id })).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
})

it('a wish is decided once, and may be refused', async () => {
  const id = await create()
  const grant = await ask(admin, id)
  expect(await code(admin, ASK, id, reason), 'a second wish').toBe('CONFLICT')
  expect((await run(owner, REFUSE, grant)).data.refuseReveal).toEqual({ state: 'REFUSED' })
  for (const query of [APPROVE, REFUSE]) expect(await code(owner, query, grant)).toBe('CONFLICT')
  expect(await code(admin, REVEAL, id)).toBe('FORBIDDEN')
  expect(await ask(admin, id), 'asking again').toBeDefined()
  const { audit } = await graph.trail()
  const actions = audit.filter(({ targetId, targetType }) => targetType === 'reveal_grant' && targetId === grant)
  expect(actions.map(({ action }) => action)).toEqual(['reveal_grant.created', 'reveal_grant.refused'])
})

it.each([
  ['a wish without a reason', ASK, { reason: '  ' }, 'reason'],
  ['an approval that has ended', APPROVE, { expiresAt: '2026-05-23T11:42:00Z' }, 'expiresAt'],
  ['an approval for months', APPROVE, { expiresAt: '2026-09-01T00:00:00Z' }, 'expiresAt'],
])('%s is refused', async (_what, query, input, field) => {
  const id = await create()
  const target = query === APPROVE ? await ask(admin, id) : id
  const { errors } = await run(owner, query, target, input)
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_REQUEST', fields: { [field]: [expect.any(String)] } })
})

it('an entry that needs no approval cannot be asked for', async () => {
  expect(await code(admin, ASK, await create({ requiresApproval: false }), reason)).toBe('CONFLICT')
})

it('what keeps people from a secret is lifted only by whoever may see it', async () => {
  const id = await create()
  expect(await code(admin, UPDATE, id, { requiresApproval: false })).toBe('FORBIDDEN')
  await approved(id)
  expect(await code(admin, UPDATE, id, { requiresApproval: false })).toBeUndefined()
  expect(await reveal(owner, id)).toBe('hunter2')
})

it('without vault:reveal a grant opens nothing', async () => {
  const id = await create()
  await approved(id)
  const { errors } = await graph.as({ ...admin, permissions: ['vault:read', 'vault:write'] }).run(REVEAL, { id })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'vault:reveal' })
})

it('no list reveals anything', async () => {
  await create({ requiresApproval: false })
  const { data } = await graph
    .as()
    .run('{ passwordEntries(first: 200) { nodes { password } edges { node { password } } } }')
  expect(new Set(JSON.stringify(data).match(/"password":"[^"]*"/g))).toEqual(new Set(['"password":"**********"']))
})

it('whoever reveals by the dozen is stopped', async () => {
  const id = await create({ requiresApproval: false })
  const tries = await Promise.all(
    Array.from({ length: 31 }, () => graph.as({ organization: 'a', role: 'admin' }).run(REVEAL, { id })),
  )
  const codes = tries.map(({ errors }) => errors?.[0]?.extensions)
  expect(codes.at(-1)).toMatchObject({ code: 'RATE_LIMITED', retryAfter: expect.any(Number) })
})
