import type { App } from '../../app.ts'
import type { Config } from '../../config.ts'
import { writeDemoFile } from '../../demo/demo-file.ts'
import { type Demo, loadDemo } from '../../demo/load.ts'
import type { Call, Command } from '../command.ts'
import { withApp } from '../opened.ts'
import { table } from '../table.ts'
import { serveUntilTold } from './serve.ts'

const baseUrlOf = ({ publicUrl, host, port }: Config): string =>
  publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`

function described({ organizations }: Demo, path: string, baseUrl: string): string {
  const [first] = organizations
  const { keys = [], users = [] } = first ?? {}
  const admin = keys.find(({ isAdmin }) => isAdmin)?.token
  return [
    `The organization ${first?.slug} is filled with demonstration data, and ${organizations[1]?.slug} beside it.`,
    '',
    table(
      ['Key', 'Family', 'Token'],
      keys.map(({ name, family, token }) => [name, family, token]),
    ),
    '',
    table(
      ['Person', 'Role', 'Password'],
      users.map(({ email, role, password }) => [email, role, password]),
    ),
    '',
    `All of them are in ${path}. Start the server with \`npm start\`, then try:`,
    `  curl -H "Authorization: Bearer ${admin}" ${baseUrl}/api/v1/apps`,
  ].join('\n')
}

async function fill(call: Call, app: App): Promise<void> {
  const baseUrl = baseUrlOf(app.config)
  const demo = await loadDemo(app)
  const path = await writeDemoFile(app.config.dataDir, baseUrl, demo)
  call.print({ baseUrl, ...demo }, described(demo, path, baseUrl))
}

export const demo: Command = {
  name: 'demo',
  summary: 'Fills an empty database with demonstration data and prints its keys.',
  options: { serve: { description: 'Go on answering requests afterwards.' } },
  async run(call) {
    if (!call.has('serve')) return withApp(call, (app) => fill(call, app))
    await serveUntilTold(call, async (app) => {
      await fill(call, app)
      return undefined
    })
  },
}
