import { auditServer } from 'graphql-http'
import { expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()

it('keeps every rule of GraphQL over HTTP', async () => {
  const { token } = await minted(server)
  const withKey = (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${token}`)
    return fetch(url, { ...init, headers })
  }
  const results = await auditServer({ url: `${server.url}/graphql`, fetchFn: withKey })
  expect(results.length).toBeGreaterThan(50)
  expect(results.filter(({ status }) => status !== 'ok')).toEqual([])
})
