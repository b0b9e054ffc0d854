import { expect, it } from 'vitest'
import { addressOf } from './address.ts'

it.each([
  ['postgresql://u:p@db:6432/opsgraph', undefined, { host: 'db', port: 6432, database: 'opsgraph' }],
  ['postgresql://u:p@db/opsgraph?sslmode=require', undefined, { host: 'db', port: 5432, sslmode: 'require' }],
  ['postgresql://u:p@10.0.0.7:6432/ops', 'db.example.com', { host: 'db.example.com', port: 6432, database: 'ops' }],
  ['postgresql://u:p@10.0.0.7:6432/ops', 'db.example.com:5433', { host: 'db.example.com', port: 5433 }],
  ['postgresql://u:p@10.0.0.7:6432/ops', '[2001:db8::1]:5433', { host: '[2001:db8::1]', port: 5433 }],
  ['postgresql:///ops?host=/var/run/postgresql', undefined, { host: 'localhost', port: 5432, database: 'ops' }],
])('%s, publicly %s', (url, publicHost, address) => expect(addressOf(url, publicHost)).toMatchObject(address))
