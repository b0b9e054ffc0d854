import net from 'node:net'
import pg from 'pg'

/** Prints the address of the PostgreSQL server, or says which service is missing. */
const fail = (sentence) => {
  console.error(sentence)
  process.exit(1)
}

async function postgres() {
  for (const user of ['postgres', 'root']) {
    const url = `postgresql://${user}@127.0.0.1:5432/postgres`
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 })
    try {
      await client.connect()
      const { rows } = await client.query("SELECT current_setting('server_version_num')::int AS version")
      await client.end()
      if (rows[0].version < 150000) fail(`PostgreSQL on 127.0.0.1:5432 is older than 15 (${rows[0].version}).`)
      return url
    } catch {}
  }
  return fail('PostgreSQL is missing: 127.0.0.1:5432, user postgres or root, no password.')
}

const redis = () =>
  new Promise((resolve) => {
    const socket = net.connect(6379, '127.0.0.1', () => socket.end('PING\r\n'))
    socket.on('data', () => resolve())
    socket.on('error', () => fail('Redis is missing on 127.0.0.1:6379.'))
  })

await redis()
console.log(await postgres())
