import { expect, it } from 'vitest'
import { schema } from '../schema.ts'
import { compileEndpoints } from './endpoint.ts'
import { readBacksOf } from './read-back.ts'

const endpoints = compileEndpoints(schema)
const backs = readBacksOf(endpoints)
const RESOURCES = [
  '/api/assets',
  '/api/v1/leads',
  '/api/monitors',
  '/api/vehicles',
  '/api/v1/projects',
  '/api/v1/groups',
]

const changes = endpoints.filter(({ method, path }) => {
  const isOfResource = RESOURCES.some((base) => [base, `${base}/:id`].includes(path.replace(/\/$/, '')))
  return isOfResource && ['POST', 'PUT', 'PATCH'].includes(method)
})

it('a change that shows its row is read back by the statement of that row’s GET, whatever else all routes take', () => {
  expect(changes.length).toBeGreaterThan(RESOURCES.length * 2)
  for (const change of changes) {
    const told = `${change.method} ${change.path}`
    const { by } = backs.get(change) ?? {}
    expect([told, by?.method, by?.path.replace(/:id\/?$/, '')]).toEqual([
      ...[told, 'GET', `${change.path.replace(/:id\/?$/, '').replace(/\/?$/, '/')}`],
    ])
  }
})

it('what is gone or goes on by itself is not read back', () => {
  for (const { method, status } of backs.keys()) {
    expect(['GET', 'DELETE']).not.toContain(method)
    expect([202, 204]).not.toContain(status)
  }
})
