import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestApp, tenant, testApp } from '../test/kit/app.ts'
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

test('a server with an organization is told how to make a key', async () => {
  await tenant(kit.app, 'a')
  const told = await welcomed()
  expect(told).toContain('npm run opsgraph -- keys create --help')
  expect(told).not.toContain('init')
})
