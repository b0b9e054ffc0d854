import { expect, it } from 'vitest'
import { parseTarget } from './target.ts'

it.each([
  ['example.com', { host: 'example.com', port: undefined }],
  ['localhost', { host: 'localhost', port: undefined }],
  ['my_host-1.example:22', { host: 'my_host-1.example', port: 22 }],
  ['192.0.2.1', { host: '192.0.2.1', port: undefined }],
  ['192.0.2.1:65535', { host: '192.0.2.1', port: 65_535 }],
  ['2001:db8::1', { host: '2001:db8::1', port: undefined }],
  ['[2001:db8::1]:443', { host: '2001:db8::1', port: 443 }],
  ['[2001:db8::1]', { host: '2001:db8::1', port: undefined }],
])('%s is somewhere to go', (text, target) => {
  expect(parseTarget(text)).toEqual(target)
})

it.each([
  ...['', ' ', ':22', 'example.com:', 'example.com:0', 'example.com:65536', 'example.com:x', 'a b', 'exa$mple.com'],
  ...['999.1.1.1', '192.0.2', 'https://example.com', '[192.0.2.1]:80', '[example.com]:80', '-a.example', 'a-.example'],
  ...['example..com', `${'a'.repeat(64)}.com`, `${'a.'.repeat(130)}com`, 'example.com\n', '2001:db8::1:99999'],
])('%j is not', (text) => {
  expect(parseTarget(text)).toBeUndefined()
})
