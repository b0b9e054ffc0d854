import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestApp, tenant, testApp } from '../test/kit/app.ts'
import { loadDemo } from './demo/load.ts'
import { welcome } from './welcome.ts'

const URL = 'http://127.0.0.1:4000'

let kit: TestApp

beforeEach(async () => {
  kit = await testApp()
})
afterEach(() => kit.drop())

async function welcomed(): Promise<string> {
  const lines: string[] = []
  await welcome(kit.app, URL, (line) => lines.push(line))
  return lines.join('\n')
}

test('a server without an organization is told how to make one', async () => {
  const told = await welcomed()
  expect(told).toContain(`API reference  ${URL}/reference`)
  expect(told).toContain(`REST as pages  ${URL}/api/`)
  expect(told).toContain('npm run opsgraph -- init --help')
  expect(told).not.toContain('keys create')
})

test('a demonstration shows a key of each family and somebody who signs in', async () => {
  const lines: string[] = []
  const fresh = await loadDemo(kit.app)
  await welcome(kit.app, URL, (line) => lines.push(line), fresh)
  const [{ keys, users }] = fresh.organizations as [(typeof fresh.organizations)[number]]
  for (const family of ['dashboard', 'devsphere', 'clientst0r'])
    expect(lines.join('\n')).toContain(keys.find((key) => key.family === family)!.token)
  const { email, password } = users.find(({ role }) => role === 'admin')!
  expect(lines.join('\n')).toContain(`POST /api/v1/auth/login: ${email} with ${password}`)
})

test('a server with an organization is told how to make a key', async () => {
  await tenant(kit.app, 'a')
  const told = await welcomed()
  expect(told).toContain('npm run opsgraph -- keys create --help')
  expect(told).not.toContain('init')
})
