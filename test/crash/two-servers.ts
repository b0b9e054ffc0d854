import { randomUUID } from 'node:crypto'
import { mintKey } from '../../src/access/token.ts'
import { testDatabase } from '../kit/database.ts'
import { Caller } from './caller.ts'
import { dataFolder } from './folder.ts'
import { found, type Launched, onDatabase, serve, type Variables } from './launch.ts'
import { OwnRedis } from './redis.ts'
import { ask } from './written.ts'

const MINT = `
  WITH person AS (
    INSERT INTO app_user (email, display_name, status) VALUES ($1, 'Somebody', 'active') RETURNING id
  ), member AS (
    INSERT INTO membership (organization_id, user_id, role)
    SELECT organization.id, person.id, 'editor' FROM organization, person RETURNING organization_id, user_id
  )
  INSERT INTO api_key
    (organization_id, owner_id, family, name, prefix, hash, bucket_capacity, bucket_refill_per_second)
  SELECT organization_id, user_id, 'clientst0r', 'minted', $2, $3, $4, $5 FROM member
  RETURNING id, owner_id AS "ownerId"`

export type Minted = { id: number; ownerId: number; key: string }

/** Two server processes on one database, and on one Redis when that is wanted. */
export class TwoServers {
  readonly #opened = new AsyncDisposableStack()
  url = ''
  operatorKey = ''
  servers: Launched[] = []

  async open(redis: boolean): Promise<void> {
    const folder = this.#opened.use(await dataFolder())
    const database = await testDatabase()
    this.#opened.defer(() => database.drop())
    this.url = database.url
    const shared: Variables = redis ? { REDIS_URL: this.#opened.use(await OwnRedis.make()).url } : {}
    const variables = onDatabase(this.url, folder.path, shared)
    this.operatorKey = (await found(variables)).secret
    this.servers = await Promise.all([serve(variables), serve(variables)])
    for (const server of this.servers) this.#opened.use(server)
  }

  close(): Promise<void> {
    return this.#opened.disposeAsync()
  }

  /** The key of an editor of their own, which stands for that person. */
  async minted(capacity = 100_000, refillPerSecond = 1000): Promise<Minted> {
    const { key, hash, prefix } = mintKey('clientst0r')
    const values = [`${randomUUID()}@example.com`, prefix, hash, capacity, refillPerSecond]
    const [made] = await ask<{ id: number; ownerId: number }>(this.url, MINT, values)
    return { ...made!, key }
  }

  /** A client of one of the two. */
  at(which: 0 | 1, key = this.operatorKey): Caller {
    return this.#opened.use(new Caller(this.servers[which]!.url, key))
  }
}
