import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type Distribution, findDistribution, majorOf } from './embedded-binaries.ts'
import { mayReach, ownFolder, reachable, type ServerUser, serverUser, sharedFolder } from './embedded-user.ts'

export type Log = (line: string) => void

/** A data folder that exists, and what is needed to run its server. */
export type Cluster = { folder: string; data: string; password: string; user: ServerUser; distribution: Distribution }

const run = promisify(execFile)
const exists = (path: string) => stat(path).then(Boolean, () => false)
const INITDB = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
const AUTH = ['--auth=scram-sha-256', '--username=postgres', '--data-checksums']

/** Runs SQL before the server has ever listened, so that the superuser needs no password that anybody keeps. */
function runAlone(postgres: string, data: string, user: ServerUser, statements: string[]): Promise<void> {
  const child = spawn(postgres, ['--single', '-D', data, '-j', 'postgres'], { ...user, cwd: data, stdio: 'pipe' })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  child.stdin.end(statements.map((statement) => `${statement};\n\n`).join(''))
  return new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', (code) =>
      code === 0 && !/(ERROR|FATAL|PANIC):/.test(output) ? done() : failed(new Error(output)),
    )
  })
}

async function fill(folder: string, { binaries }: Distribution, user: ServerUser): Promise<void> {
  const data = join(folder, 'data')
  const forgotten = join(folder, 'superuser')
  const password = randomBytes(32).toString('base64url')
  await writeFile(forgotten, randomBytes(32).toString('base64url'), { mode: 0o600 })
  if (user) await chown(forgotten, user.uid, user.gid)
  await run(binaries.initdb, [`--pgdata=${data}`, `--pwfile=${forgotten}`, ...AUTH, ...INITDB], {
    ...user,
    cwd: folder,
  })
  await rm(forgotten)
  await runAlone(binaries.postgres, data, user, [
    `CREATE ROLE opsgraph LOGIN CREATEDB CREATEROLE PASSWORD '${password}'`,
    'GRANT pg_monitor TO opsgraph',
    'CREATE DATABASE opsgraph OWNER opsgraph',
  ])
  await writeFile(join(folder, 'password'), password, { mode: 0o600 })
}

/** Made beside its final place and renamed into it: of two first starts one wins, and a crash leaves nothing half made. */
async function create(place: string, distribution: Distribution, user: ServerUser, log: Log): Promise<void> {
  const near = await mayReach(dirname(place), user)
  const fresh = await ownFolder(near ? dirname(place) : await sharedFolder(), 'postgres', user)
  log(`making a new database in ${near ? place : `${fresh}, because ${dirname(place)} is closed to its user`}`)
  try {
    await fill(fresh, distribution, user)
    if (near) await rename(fresh, place)
    else await symlink(fresh, place)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    if (!(await exists(join(place, 'password')))) throw error
  }
}

async function assertVersion(data: string, { version }: Distribution): Promise<void> {
  const found = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim()
  if (majorOf(found) === majorOf(version)) return
  throw new Error(
    `${data} was made by PostgreSQL ${found}, and this Opsgraph brings ${majorOf(version)}: restore a backup into a new data folder, or point DATABASE_URL at a PostgreSQL ${found} that serves this one.`,
  )
}

export async function openCluster(dataDir: string, log: Log): Promise<Cluster> {
  await mkdir(dataDir, { recursive: true })
  const place = join(await realpath(resolve(dataDir)), 'postgres')
  const user = await serverUser(place)
  const distribution = await reachable(await findDistribution(), user)
  if (!(await exists(place))) await create(place, distribution, user, log)
  const folder = await realpath(place)
  if (!(await mayReach(folder, user)))
    throw new Error(
      `The user ${user?.uid} who runs the database may not enter ${folder}: open its parent folders (chmod o+x) or move it.`,
    )
  const data = join(folder, 'data')
  await assertVersion(data, distribution)
  const password = await readFile(join(folder, 'password'), 'utf8')
  return { folder, data, password, user, distribution }
}
