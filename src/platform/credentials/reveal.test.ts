import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type Caller, type Result, testGraph } from '../../../test/kit/graph.ts'
import { asSystem } from '../../db/tenant.ts'

const graph = testGraph()
const whole = (rows: unknown) => inspect(rows, { depth: null, maxArrayLength: null, maxStringLength: null })

const CREATE = 'mutation ($input: CreateCredentialInput!) { createCredential(input: $input) { id } }'
const UPDATE = 'mutation ($id: ID!, $input: UpdateCredentialInput!) { updateCredential(id: $id, input: $input) { id } }'
const REVEAL = `mutation ($id: ID!, $input: RevealCredentialInput) { revealCredential(id: $id, input: $input) {
  id uri credential { name maskedUri } } }`
const ASK =
  'mutation ($id: ID!, $input: RequestRevealInput!) { requestCredential(id: $id, input: $input) { id state userId } }'
const APPROVE = `mutation ($id: ID!, $input: ApproveRevealInput) {
  approveCredential(id: $id, input: $input) { state expiresAt singleUse decidedBy { email } } }`
const REFUSE = 'mutation ($id: ID!) { refuseCredential(id: $id) { state } }'
const URI = 'postgresql://app:CANARY-9b1d@db.example.com:5432/orders'

/** What keeps somebody from it. */
const WHY = {
  minimum_role: expect.stringContaining('people with the role'),
  approval_required: expect.stringContaining('has to approve this first'),
  second_person: 'Somebody else has to decide this.',
}

const owner: Caller = { role: 'owner' }
const admin: Caller = { role: 'admin' }
const reason = { reason: 'The disk has to be replaced.' }

async function create(input: object = {}, as?: Caller): Promise<string> {
  const { data, errors } = await graph.as(as).run(CREATE, { input: { name: 'Orders', uri: URI, ...input } })
  expect(errors).toBeUndefined()
  return data.createCredential.id
}
let keys = 1
/** With a key of their own each time: what one key may see in a minute is not what these tests are about. */
const run = (caller: Caller, query: string, id: string, input?: object) => {
  const session = graph.as(caller)
  keys += 1
  session.ctx.actor = { ...session.ctx.actor, id: keys }
  return session.run(query, { id, input })
}
const told = (errors: Result['errors']) => errors && { message: errors[0]!.message, ...errors[0]!.extensions }
const refusal = async (caller: Caller, query: string, id: string, input?: object) =>
  told((await run(caller, query, id, input)).errors)
const reveal = async (caller: Caller, id: string, input: object = reason) =>
  (await run(caller, REVEAL, id, input)).data?.revealCredential?.uri as string | undefined
async function approved(id: string, input: object = {}): Promise<string> {
  const { data } = await run(admin, ASK, id, reason)
  const grant = data.requestCredential.id as string
  expect((await run(owner, APPROVE, grant, input)).errors).toBeUndefined()
  return grant
}

describe('a reveal', () => {
  it('shows the URI, and is audited and announced with who, what and why', async () => {
    const id = await create()
    const caller = graph.as()
    const { data } = await caller.run(REVEAL, { id, input: reason })
    expect(data.revealCredential).toEqual({
      ...{ id, uri: URI },
      credential: { name: 'Orders', maskedUri: 'postgresql://app:********@db.example.com:5432/orders' },
    })
    expect(caller.ctx.answer.secret).toBe(true)
    const { audit, events } = await graph.trail()
    expect(audit.at(-1)).toMatchObject({
      action: 'credential.revealed',
      targetId: id,
      actorName: 'test',
      changes: reason,
    })
    expect(events.at(-1)).toMatchObject({
      type: 'credential.revealed',
      data: { id: Number(id), name: 'Orders', ...reason },
    })
    expect(whole([audit, events])).not.toContain('CANARY')
  })

  it('without its audit row shows nothing, and uses no grant up', async () => {
    const [id, guarded] = [await create(), await create({ requiresApproval: true })]
    await approved(guarded)
    const caller = graph.as(admin)
    caller.ctx.address = '\0'
    for (const each of [id, guarded]) {
      const { data, errors } = await caller.run(REVEAL, { id: each, input: reason })
      expect(errors?.[0]?.extensions.code).toBe('INTERNAL_ERROR')
      expect(JSON.stringify([data, errors])).not.toContain('CANARY')
    }
    expect(await reveal(admin, guarded)).toBe(URI)
  })

  it('needs a reason where the policy says so', async () => {
    const [asking, open] = [await create(), await create({ requiresReason: false })]
    for (const input of [undefined, {}, { reason: null }])
      expect(await refusal(owner, REVEAL, asking, input)).toMatchObject({
        code: 'INVALID_REQUEST',
        fields: { reason: [expect.any(String)] },
      })
    expect(await refusal(owner, REVEAL, open, { reason: 'x' })).toMatchObject({ code: 'INVALID_REQUEST' })
    expect(await reveal(owner, open, {})).toBe(URI)
  })

  it('is for the roles that the policy names, whatever a key may', async () => {
    const id = await create({ minimumRole: 'OWNER' })
    expect(await refusal(admin, REVEAL, id, reason)).toMatchObject({ code: 'FORBIDDEN', message: WHY.minimum_role })
    expect(await reveal(owner, id)).toBe(URI)
    const forAdmins = await create()
    expect(await refusal({ role: 'editor' }, REVEAL, forAdmins, reason)).toMatchObject({ message: WHY.minimum_role })
    expect(
      await refusal({ permissions: ['credentials:read', 'credentials:manage'] }, REVEAL, forAdmins, reason),
    ).toMatchObject({
      ...{ code: 'FORBIDDEN', need: 'credentials:reveal' },
    })
  })

  it('is counted by the hour, everybody’s together and exactly, and what was refused does not count', async () => {
    const id = await create({ revealsPerHour: 3 })
    await run(owner, REVEAL, id, {})
    const tries = await Promise.all([admin, owner, admin, owner, admin].map((caller) => reveal(caller, id)))
    expect(tries.filter((uri) => uri === URI)).toHaveLength(3)
    expect(await refusal(owner, REVEAL, id, reason)).toMatchObject({
      code: 'RATE_LIMITED',
      status: 429,
      retryAfter: 3600,
    })
    const later = graph.as()
    later.ctx.clock = { now: () => new Date('2026-05-23T12:42:01Z') }
    expect((await later.run(REVEAL, { id, input: reason })).data.revealCredential.uri).toBe(URI)
  })

  it('of another organization’s credential is that of none', async () => {
    const id = await create({}, { organization: 'b' })
    for (const each of [id, '2000000000'])
      for (const query of [REVEAL, ASK])
        expect(await refusal(owner, query, each, reason)).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('a ciphertext opens where it was written alone', () => {
  const swap = (columns: string, from: string, to: string) =>
    asSystem(() =>
      graph.kit.app.pool.query({
        text: `UPDATE credential t SET ${columns
          .split(',')
          .map((c) => `${c} = f.${c}`)
          .join(', ')} FROM credential f WHERE t.id = $1 AND f.id = $2`,
        values: [Number(to), Number(from)],
      } as never),
    )
  it.each(['uri', 'wrapped_key', 'uri,wrapped_key'])(
    'not in another row, not in another organization: %s',
    async (columns) => {
      for (const organization of ['a', 'b'] as const) {
        const [from, to] = [await create({}, { organization }), await create()]
        await swap(columns, from, to)
        const { data, errors } = await run(owner, REVEAL, to, reason)
        expect(errors?.[0]?.extensions.code).toBe('INTERNAL_ERROR')
        expect(JSON.stringify([data, errors])).not.toContain('CANARY')
      }
    },
  )
})

describe('a guarded credential', () => {
  it('is shown to nobody before a second person has approved it, and then once', async () => {
    const id = await create({ requiresApproval: true })
    expect(await refusal(admin, REVEAL, id, reason)).toMatchObject({
      code: 'FORBIDDEN',
      message: WHY.approval_required,
    })
    const asked = (await run(admin, ASK, id, reason)).data.requestCredential
    expect(asked).toMatchObject({ state: 'PENDING', userId: String(graph.a.users.admin) })
    for (const query of [APPROVE, REFUSE])
      expect(await refusal(admin, query, asked.id)).toMatchObject({ code: 'FORBIDDEN', message: WHY.second_person })
    expect((await run(owner, APPROVE, asked.id)).data.approveCredential).toEqual({
      ...{ state: 'APPROVED', expiresAt: '2026-05-23T12:42:00Z', singleUse: true },
      decidedBy: { email: 'owner@a.example.com' },
    })
    expect(await reveal(owner, id), 'it is for whoever asked').toBeUndefined()
    expect(await reveal(admin, id)).toBe(URI)
    expect(await reveal(admin, id), 'once').toBeUndefined()
    const { audit } = await graph.trail()
    const actions = audit.filter(
      ({ targetType, targetId }) => targetType === 'credential_grant' && targetId === asked.id,
    )
    expect(actions.map(({ action }) => action)).toEqual(['credential_grant.created', 'credential_grant.approved'])
    expect(audit.at(-1)).toMatchObject({ action: 'credential.revealed', changes: { grantId: Number(asked.id) } })
  })

  it('opens once, however many try at the same time, and not after its time', async () => {
    const id = await create({ requiresApproval: true })
    await approved(id)
    const tries = await Promise.all(Array.from({ length: 8 }, () => reveal(admin, id)))
    expect(tries.filter((uri) => uri === URI)).toHaveLength(1)
    await approved(id, { singleUse: false, expiresAt: '2026-05-23T11:43:00Z' })
    expect(await reveal(admin, id)).toBe(URI)
    const late = graph.as(admin)
    late.ctx.clock = { now: () => new Date('2026-05-23T11:43:00Z') }
    expect((await late.run(REVEAL, { id, input: reason })).errors?.[0]?.message).toEqual(WHY.approval_required)
  })

  it('is decided by whoever may reveal, and a refusal opens nothing', async () => {
    const id = await create({ requiresApproval: true })
    const grant = (await run(admin, ASK, id, reason)).data.requestCredential.id
    const reader: Caller = { permissions: ['credentials:read', 'credentials:manage'] }
    expect(await refusal(reader, APPROVE, grant)).toMatchObject({ need: 'credentials:reveal' })
    expect((await run(owner, REFUSE, grant)).data.refuseCredential).toEqual({ state: 'REFUSED' })
    expect(await refusal(owner, APPROVE, grant)).toMatchObject({ code: 'CONFLICT' })
    expect(await reveal(admin, id)).toBeUndefined()
  })

  it('cannot be asked for where it needs no approval', async () => {
    expect(await refusal(admin, ASK, await create(), reason)).toMatchObject({ code: 'CONFLICT' })
  })
})

describe('a policy is loosened by whoever it would let reveal', () => {
  it.each([
    [{ requiresApproval: true }, { requiresApproval: false }, 'approval_required'],
    [{ requiresApproval: true }, { requiresReason: false }, 'approval_required'],
    [{ requiresApproval: true }, { revealsPerHour: 11 }, 'approval_required'],
    [{ minimumRole: 'OWNER' }, { minimumRole: 'ADMIN' }, 'minimum_role'],
    [{ minimumRole: 'OWNER' }, { revealsPerHour: 1000 }, 'minimum_role'],
  ] as const)('%j to %j', async (strict, loose, why) => {
    const id = await create(strict)
    expect(await refusal(admin, UPDATE, id, loose)).toMatchObject({ code: 'FORBIDDEN', message: WHY[why] })
    const manager: Caller = { permissions: ['credentials:manage', 'credentials:read'] }
    expect(await refusal(manager, UPDATE, id, loose)).toMatchObject({ need: 'credentials:reveal' })
    if (why === 'approval_required') await approved(id)
    expect(await refusal(why === 'minimum_role' ? owner : admin, UPDATE, id, loose)).toBeUndefined()
  })

  it('and tightened by whoever manages it', async () => {
    const id = await create({ requiresReason: false })
    const manager: Caller = { permissions: ['credentials:manage', 'credentials:read'] }
    const strict = { requiresApproval: true, requiresReason: true, minimumRole: 'OWNER', revealsPerHour: 1 }
    expect(await refusal(manager, UPDATE, id, strict)).toBeUndefined()
  })
})
