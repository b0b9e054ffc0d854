import { foundOrganization } from '../../accounts/found-organization.ts'
import { createApiKey } from '../../accounts/keys/verbs.ts'
import type { Call, Command } from '../command.ts'
import { operator, withApp } from '../opened.ts'

async function passwordOf(call: Call): Promise<string | undefined> {
  if (!call.has('password-stdin')) return undefined
  return (await call.terminal.input()).replace(/\r?\n$/, '')
}

export const init: Command = {
  name: 'init',
  summary: 'Creates an organization with its owner, and prints an admin key once.',
  options: {
    organization: { value: 'slug', required: true, description: 'Its name in addresses: acme, north-office.' },
    name: { value: 'name', required: true, description: 'Its full name.' },
    email: { value: 'address', required: true, description: 'The owner’s mail address.' },
    'password-stdin': {
      description: 'Read the owner’s password from standard input; without one they have keys only.',
    },
  },
  async run(call) {
    const slug = call.needed('organization')
    const wanted = { slug, name: call.needed('name'), email: call.needed('email'), password: await passwordOf(call) }
    await withApp(call, async (app) => {
      const { organizationId, ownerId, email, name } = await foundOrganization(
        app.prisma,
        (id) => operator(app, id),
        wanted,
      )
      const asked = { name: 'First admin key', family: 'dashboard', isAdmin: true, ownerId }
      const { secret, apiKey } = await createApiKey(operator(app, organizationId), asked)
      call.print(
        {
          organization: { id: organizationId, slug, name },
          owner: { id: ownerId, email },
          key: { id: apiKey.id, name: apiKey.name, secret },
        },
        `${name} (${slug}) is there, owned by ${email}. Its admin key, shown this once:\n\n${secret}`,
      )
    })
  },
}
