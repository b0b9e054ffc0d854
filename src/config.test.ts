import { expect, it } from 'vitest'
import { type ConfigurationError, readConfig } from './config.ts'

const mistakes = (variables: Record<string, string>) => {
  try {
    readConfig(variables)
    return []
  } catch (error) {
    return (error as ConfigurationError).sentences
  }
}

it('private targets are for development', () => {
  const open = { OPSGRAPH_ALLOW_PRIVATE_TARGETS: 'true' }
  expect(readConfig({}).allowPrivateTargets).toBe(false)
  expect(readConfig(open).allowPrivateTargets).toBe(true)
  expect(mistakes({ ...open, NODE_ENV: 'production' })).toEqual([
    expect.stringMatching(/^OPSGRAPH_ALLOW_PRIVATE_TARGETS/),
  ])
})

it('the ports of outbound calls are numbers of ports', () => {
  expect(readConfig({}).outboundPorts).toEqual([80, 443, 8080, 8443])
  expect(readConfig({ OPSGRAPH_OUTBOUND_PORTS: '443, 9443' }).outboundPorts).toEqual([443, 9443])
  for (const ports of ['0', '65536', 'https', '443;80'])
    expect(mistakes({ OPSGRAPH_OUTBOUND_PORTS: ports })).toEqual([
      expect.stringMatching(/^OPSGRAPH_OUTBOUND_PORTS must/),
    ])
})
