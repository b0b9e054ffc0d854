import { execFile } from 'node:child_process'
import { chown, cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Distribution, distributionAt } from './embedded-binaries.ts'

/** Who the database server runs as; undefined when that is simply us. */
export type ServerUser = { uid: number; gid: number } | undefined

const run = promisify(execFile)
const CANDIDATES = ['opsgraph', 'postgres']
/** Where an unprivileged server may live when root's own folders are closed to it. */
const SHARED = '/var/lib/opsgraph'

async function lookUp(name: string): Promise<ServerUser> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return undefined
  }
}

async function makeUser(): Promise<ServerUser> {
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'opsgraph'])
  } catch (cause) {
    const sentence =
      'PostgreSQL does not run as root and no user could be made for it: create a user named opsgraph, start as another user, or set DATABASE_URL.'
    throw new Error(sentence, { cause })
  }
  return lookUp('opsgraph')
}

/** PostgreSQL refuses to run as root: then the folder's present owner, or an unprivileged user, runs it. */
export async function serverUser(existingFolder: string): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return undefined
  const owner = await stat(existingFolder).catch(() => undefined)
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  for (const name of CANDIDATES) {
    const found = await lookUp(name)
    if (found) return found
  }
  return makeUser()
}

async function mayEnter(path: string, user: NonNullable<ServerUser>): Promise<boolean> {
  const { mode, uid, gid } = await stat(path)
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0
  return ((mode >> shift) & 1) === 1
}

export async function mayReach(path: string, user: ServerUser): Promise<boolean> {
  if (!user) return true
  for (let folder = path; ; folder = dirname(folder)) {
    if (!(await mayEnter(folder, user))) return false
    if (folder === dirname(folder)) return true
  }
}

export async function ownFolder(parent: string, name: string, user: ServerUser): Promise<string> {
  const folder = await mkdtemp(join(parent, `${name}-`))
  if (user) await chown(folder, user.uid, user.gid)
  return folder
}

export async function sharedFolder(): Promise<string> {
  await mkdir(SHARED, { recursive: true, mode: 0o755 })
  return SHARED
}

/** Binaries under root's home are copied, once per version, to where the server's user can start them. */
export async function reachable(distribution: Distribution, user: ServerUser): Promise<Distribution> {
  if (await mayReach(distribution.binaries.postgres, user)) return distribution
  const copy = distributionAt(join(await sharedFolder(), `postgresql-${distribution.version}`), distribution.version)
  if (await stat(copy.root).catch(() => undefined)) return copy
  const fresh = await mkdtemp(`${copy.root}-`)
  await cp(distribution.root, fresh, { recursive: true, verbatimSymlinks: true })
  await run('chmod', ['755', fresh])
  await rename(fresh, copy.root).catch(() => rm(fresh, { recursive: true }))
  return copy
}
