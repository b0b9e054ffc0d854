import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const source = join(import.meta.dirname, '../../src')

/** What makes it, and the one room that may use it. */
const ALLOWED = /^(context\.ts|core\/context\.ts|accounts\/(sessions|people|second-factor)\/[\w.-]+)$/

it('only signing in, second factors and invitations reach the rows of all organizations', async () => {
  const files = (await readdir(source, { recursive: true })).filter((name) => name.endsWith('.ts'))
  const using: string[] = []
  for (const name of files.filter((each) => !each.includes('generated')))
    if (/\beverybody\b\s*[(:]/.test(await readFile(join(source, name), 'utf8'))) using.push(name)
  expect(using.length).toBeGreaterThan(3)
  expect(using.filter((name) => !ALLOWED.test(name))).toEqual([])
})
