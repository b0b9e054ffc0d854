import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../root.ts'

const BENCH = join(ROOT, 'bench')
type Log = (line: string) => void

const read = async (path: string) => JSON.parse(await readFile(path, 'utf8'))

/** The version on disk is the one asked for. */
async function isInstalled(folder: string, name: string, version: string): Promise<boolean> {
  const found = await read(join(BENCH, folder, 'node_modules', name, 'package.json')).catch(() => undefined)
  return found?.version === version
}

async function missing(folder: string): Promise<string[]> {
  const { dependencies } = await read(join(BENCH, folder, 'package.json'))
  const found = await Promise.all(
    Object.entries<string>(dependencies).map(async ([name, version]) =>
      (await isInstalled(folder, name, version)) ? [] : name,
    ),
  )
  return found.flat()
}

async function npm(folder: string): Promise<number> {
  const script = process.env.npm_execpath
  const [file, ...args] = script?.endsWith('.js') ? [process.execPath, script] : ['npm']
  const child = spawn(file!, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    ...{ cwd: join(BENCH, folder), stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' },
  })
  const [code] = await once(child, 'exit')
  return code
}

/** The packages of a folder in `bench` that are not there in the end; `install` says whether to fetch them first. */
export async function missingPackages(folder: string, install: boolean, log: Log): Promise<string[]> {
  if (!install || (await missing(folder)).length === 0) return missing(folder)
  log(`installing the peers named in ${join('bench', folder, 'package-lock.json')} (once, a minute or two) …`)
  const code = await npm(folder).catch((error: Error) => error.message)
  if (code !== 0) log(`npm could not install the peers: ${code}`)
  return missing(folder)
}
