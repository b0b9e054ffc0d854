import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../root.ts'

const FOLDER = join(ROOT, 'bench')
const read = async (path: string) => JSON.parse(await readFile(path, 'utf8'))

/** The version on disk is the one asked for. */
async function isInstalled(name: string, version: string): Promise<boolean> {
  const found = await read(join(FOLDER, 'node_modules', name, 'package.json')).catch(() => undefined)
  return found?.version === version
}

async function missing(): Promise<string[]> {
  const { dependencies } = await read(join(FOLDER, 'package.json'))
  const found = await Promise.all(
    Object.entries<string>(dependencies).map(async ([name, version]) =>
      (await isInstalled(name, version)) ? [] : name,
    ),
  )
  return found.flat()
}

async function npm(): Promise<number> {
  const script = process.env.npm_execpath
  const [file, ...args] = script?.endsWith('.js') ? [process.execPath, script] : ['npm']
  const child = spawn(file!, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    ...{ cwd: FOLDER, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' },
  })
  const [code] = await once(child, 'exit')
  return code
}

/** The packages that are not there in the end; `install` says whether to fetch them first. */
export async function missingPackages(install: boolean, log: (line: string) => void): Promise<string[]> {
  if (!install || (await missing()).length === 0) return missing()
  log('installing the peers named in bench/package-lock.json (once, a minute or less) …')
  const code = await npm().catch((error: Error) => error.message)
  if (code !== 0) log(`npm could not install the peers: ${code}`)
  return missing()
}
