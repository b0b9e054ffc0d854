import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AccessDatabase, accessDatabase } from '../../test/limits/access-database.ts'
import { type Desk, desk } from '../../test/limits/desk.ts'
import { insertKey, type MadeKey } from '../../test/limits/key-rows.ts'
import type { Role } from '../core/permissions.ts'

type Place = { id: number; slug: string }

let database: AccessDatabase
let at: Desk
beforeAll(async () => {
  database = await accessDatabase()
})
afterAll(() => database.drop())
beforeEach(() => {
  at = desk(database.query)
})

let places = 0
/** Another organization, in which the owner of a key has a role. */
async function alsoIn({ ownerId }: MadeKey, role: Role): Promise<Place> {
  const slug = `elsewhere-${++places}`
  const [made] = await database.query<{ id: number }>(
    'INSERT INTO organization (slug, name) VALUES ($1, $1) RETURNING id',
    [slug],
  )
  await database.query('INSERT INTO membership (organization_id, user_id, role) VALUES ($1, $2, $3)', [
    made!.id,
    ownerId,
    role,
  ])
  return { id: made!.id, slug }
}

const choose = async (made: MadeKey, organization: string) => at.credentials.choose(await at.as(made.key), organization)
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => 'chosen',
    ({ code, message, details }) => ({ code, message, details }),
  )
const NO_SUCH = { code: 'NOT_FOUND', message: 'No such organization.', details: {} }

describe('a key that stands for a person', () => {
  it('is chosen into another organization of theirs by its id or slug, with the role they have there', async () => {
    const made = await insertKey(database.query, 'clientst0r', {}, 'owner')
    const there = await alsoIn(made, 'readonly')
    const home = await at.as(made.key)
    for (const name of [String(there.id), there.slug]) {
      const chosen = await choose(made, name)
      expect(chosen).toEqual({
        ...home,
        ...{ organizationId: there.id, organizationSlug: there.slug, organizationName: there.slug },
        ...{ ownerRole: 'readonly', permissions: chosen.permissions },
      })
      expect(chosen.permissions.has('assets:read')).toBe(true)
      expect(chosen.permissions.has('assets:write')).toBe(false)
      expect([chosen.bucketKey, chosen.bucket]).toEqual([home.bucketKey, home.bucket])
    }
  })

  it('is never allowed there what its scopes do not name', async () => {
    const made = await insertKey(database.query, 'clientst0r', { scopes: ['assets:write', 'vault:reveal'] }, 'readonly')
    const as = { owner: await alsoIn(made, 'owner'), editor: await alsoIn(made, 'editor') }
    expect((await choose(made, as.owner.slug)).permissions).toEqual(
      new Set(['assets:write', 'assets:read', 'vault:reveal']),
    )
    expect((await choose(made, as.editor.slug)).permissions).toEqual(new Set(['assets:write', 'assets:read']))
    expect((await at.as(made.key)).permissions).toEqual(new Set(['assets:read']))
  })

  it('stays where it is when its own organization is named', async () => {
    const made = await insertKey(database.query, 'clientst0r')
    const home = await at.as(made.key)
    at.lookups = 0
    expect(await choose(made, String(made.organizationId))).toBe(home)
    expect(await choose(made, home.organizationSlug)).toBe(home)
    expect(at.lookups).toBe(0)
  })

  it('is refused elsewhere in the words for an organization that never was', async () => {
    const made = await insertKey(database.query, 'clientst0r')
    const stranger = await insertKey(database.query, 'clientst0r')
    const { organizationSlug } = await at.as(stranger.key)
    for (const name of [String(stranger.organizationId), organizationSlug, '2000000000', 'never-was'])
      expect(await refusalOf(choose(made, name))).toEqual(NO_SUCH)
    at.lookups = 0
    for (const hostile of ['', 'x_1', '-1', '1.0', '99999999999', 'A', 'a b', "a'--", '\0', '%', 'a'.repeat(61)])
      expect(await refusalOf(choose(made, hostile)), hostile).toEqual(NO_SUCH)
    expect(at.lookups).toBe(0)
  })

  it('of only digits, an organization is an id', async () => {
    const made = await insertKey(database.query, 'clientst0r')
    const there = await alsoIn(made, 'editor')
    await database.query('UPDATE organization SET slug = $1 WHERE id = $2', ['4711', there.id])
    expect(await refusalOf(choose(made, '4711'))).toEqual(NO_SUCH)
    expect(await choose(made, String(there.id))).toMatchObject({ organizationSlug: '4711' })
  })
})

it.each(['dashboard', 'devsphere'] as const)(
  'a %s key stands for its organization and chooses no other',
  async (family) => {
    const made = await insertKey(database.query, family, { scopes: ['leads:read'] })
    const there = await alsoIn(made, 'owner')
    expect(await choose(made, String(made.organizationId))).toBe(await at.as(made.key))
    for (const name of [there.slug, String(there.id), 'never-was'])
      expect(await refusalOf(choose(made, name))).toEqual(NO_SUCH)
  },
)

describe('what is remembered of a membership', () => {
  const member = 'organization_id = $1 AND user_id = $2'

  it('is not looked up again for five seconds', async () => {
    const made = await insertKey(database.query, 'clientst0r')
    const there = await alsoIn(made, 'editor')
    await choose(made, there.slug)
    at.lookups = 0
    at.age = 4999
    await choose(made, there.slug)
    expect(at.lookups).toBe(0)
    at.age = 5000
    await choose(made, there.slug)
    expect(at.lookups).toBeGreaterThan(0)
  })

  it.each([
    ['user', 'is demoted', `UPDATE membership SET role = 'readonly' WHERE ${member}`],
    ['user', 'is removed', `DELETE FROM membership WHERE ${member}`],
    ['organization', 'works for one that is renamed', 'UPDATE organization SET slug = slug || $2 WHERE id = $1'],
  ] as const)('is forgotten at word of the %s when the person %s', async (subject, _what, change) => {
    const made = await insertKey(database.query, 'clientst0r')
    const there = await alsoIn(made, 'editor')
    expect((await choose(made, there.slug)).ownerRole).toBe('editor')
    await database.query(change, [there.id, made.ownerId])
    at.hear(`${subject}:${subject === 'user' ? made.ownerId : there.id}`)
    expect(
      await choose(made, there.slug).then(
        ({ ownerRole }) => ownerRole,
        ({ code }) => code,
      ),
    ).toBe(change.startsWith('UPDATE membership') ? 'readonly' : 'NOT_FOUND')
  })

  it('is not kept while nobody is heard', async () => {
    const made = await insertKey(database.query, 'clientst0r')
    const there = await alsoIn(made, 'editor')
    at.connected(false)
    for (const lookups of [2, 2]) {
      at.lookups = 0
      await choose(made, there.slug)
      expect(at.lookups).toBe(lookups)
    }
  })
})
