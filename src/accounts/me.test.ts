import { expect, it } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'

const graph = testGraph()
const ME = '{ me { keyId name isAdmin permissions createdBy family effectivePermissions user { email role } } }'

it('a key learns what it was granted and what that lets it do', async () => {
  const credential = { keyId: 3, name: 'SOC2 platform', scopes: ['apps', 'servers'], isAdmin: false }
  const { data } = await graph.as({ credential, permissions: ['servers:read', 'apps:read'] }).run(ME)
  expect(data.me).toEqual({
    ...{ keyId: '3', name: 'SOC2 platform', isAdmin: false, permissions: ['apps', 'servers'] },
    ...{ createdBy: 'owner@a.example.com', family: 'DASHBOARD' },
    effectivePermissions: ['apps:read', 'servers:read'],
    user: { email: 'owner@a.example.com', role: 'OWNER' },
  })
})

it('an admin key is granted admin and nothing else', async () => {
  const { data } = await graph.as().run('{ me { isAdmin permissions } }')
  expect(data.me).toEqual({ isAdmin: true, permissions: ['admin'] })
})

it('a key with a whole role lists the permissions of the role', async () => {
  const credential = { family: 'clientst0r', scopes: [], isAdmin: false } as const
  const { data } = await graph.as({ credential, permissions: ['vault:read', 'assets:read'] }).run(ME)
  expect(data.me.permissions).toEqual(['assets:read', 'vault:read'])
})

it('a caller sees its own organization, with permission', async () => {
  expect((await graph.as().run('{ organization { slug } }')).data).toEqual({ organization: { slug: 'a' } })
  const { errors } = await graph.as({ permissions: [] }).run('{ organization { slug } }')
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'organizations:read' })
})
