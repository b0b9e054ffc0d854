// Plain JavaScript without dependencies: it runs before they are installed, on whatever Node the machine has.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, linkSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withSparseGraph } from './sparse-graph.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')
const MODULES = join(ROOT, 'node_modules')
const GENERATED = join(ROOT, 'src/db/generated')
const LOCK_STAMP = join(MODULES, '.opsgraph-lock')
const CLIENT_CLASS = join(GENERATED, 'internal/class.ts')
const SPARSE_GRAPH = fileURLToPath(new URL('sparse-graph.mjs', import.meta.url))
const SCHEMA_STAMP = join(GENERATED, '.schema-hash')
const PAUSE_MS = 100
const UNSIGNED_LOCK_MS = 10_000
/** Neither installing nor generating starts the schema engine; naming a file stops Prisma from downloading one. */
const PRISMA = {
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  CHECKPOINT_DISABLE: '1',
  PATH: [join(MODULES, '.bin'), process.env.PATH].join(delimiter),
}

const say = (line) => process.stderr.write(`opsgraph: ${line}\n`)
const hash = (...parts) =>
  parts.reduce((digest, part) => digest.update(part).update('\0'), createHash('sha256')).digest('hex')

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const lockHash = () => hash(read(join(ROOT, 'package-lock.json')))

function schemaHash() {
  const folder = join(ROOT, 'prisma')
  const files = readdirSync(folder).filter((name) => name.endsWith('.prisma'))
  const { version } = JSON.parse(read(join(MODULES, 'prisma/package.json')))
  return hash(version, read(SPARSE_GRAPH), ...files.sort().flatMap((name) => [name, read(join(folder, name))]))
}

const isInstalled = () => read(LOCK_STAMP) === lockHash()
const isGenerated = () => existsSync(join(GENERATED, 'client.ts')) && read(SCHEMA_STAMP) === schemaHash()

/** True when somebody ran npm by hand: npm's own record of node_modules then says the same as the lock file. */
function isInstalledByNpm() {
  const record = read(join(MODULES, '.package-lock.json'))
  if (!record || !existsSync(join(MODULES, '.bin/node'))) return false
  const wanted = JSON.parse(read(join(ROOT, 'package-lock.json'))).packages
  const present = JSON.parse(record).packages
  const same = ([path, { version, integrity }]) =>
    wanted[path]?.version === version && wanted[path]?.integrity === integrity
  const mayMiss = ([path, { optional, devOptional, peer }]) =>
    path === '' || path in present || optional || devOptional || peer
  return Object.entries(present).every(same) && Object.entries(wanted).every(mayMiss)
}

function run(command, args) {
  const stdio = ['inherit', process.stderr, 'inherit']
  const child = spawn(command, args, { cwd: ROOT, stdio, env: { ...process.env, ...PRISMA } })
  return new Promise((done, failed) => {
    child.on('error', failed)
    child.on('exit', (code) => (code === 0 ? done() : failed(new Error(`${command} ${args[0]} ended with ${code}.`))))
  })
}

function npm(...args) {
  const script = process.env.npm_execpath
  if (script?.endsWith('.js')) return run(process.execPath, [script, ...args])
  return process.platform === 'win32' ? run('cmd', ['/c', 'npm', ...args]) : run('npm', args)
}

async function install() {
  if (!isInstalledByNpm()) {
    say('installing the packages named in package-lock.json (once, a minute or less) …')
    await npm('ci', '--loglevel=error', '--no-audit', '--no-fund')
  }
  writeFileSync(LOCK_STAMP, lockHash())
}

async function generate() {
  say('generating the database client from prisma/ …')
  const stamp = schemaHash()
  const prisma = join(MODULES, 'prisma/build/index.js')
  await run(join(MODULES, '.bin/node'), [prisma, 'generate', '--schema', 'prisma', '--no-hints'])
  writeFileSync(CLIENT_CLASS, withSparseGraph(read(CLIENT_CLASS)))
  writeFileSync(SCHEMA_STAMP, stamp)
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Outside node_modules, because installing empties that folder. */
const LOCK = join(tmpdir(), `opsgraph-prepare-${userInfo().uid}-${hash(ROOT).slice(0, 16)}.lock`)

function tryLock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  const owner = read(LOCK)
  if (owner ? !isAlive(Number(owner)) : isOld(LOCK)) takeAway(owner)
  return false
}

function isOld(path) {
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  return made !== undefined && Date.now() - made > UNSIGNED_LOCK_MS
}

/** Renamed before it is judged again: between reading and removing, another process may have made its own lock. */
function takeAway(owner) {
  const aside = `${LOCK}.${process.pid}`
  try {
    renameSync(LOCK, aside)
    if (read(aside) !== owner) linkSync(aside, LOCK)
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error
  }
  rmSync(aside, { force: true })
}

async function locked(work) {
  for (let waited = false; !tryLock(); waited = true) {
    if (!waited) say('waiting for another opsgraph that is preparing this folder …')
    await new Promise((done) => setTimeout(done, PAUSE_MS))
  }
  try {
    await work()
  } finally {
    rmSync(LOCK, { force: true })
  }
}

async function prepare() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Node ${process.versions.node} is too old to install Opsgraph: use Node 20.19 or newer.`)
  }
  if (isInstalled() && isGenerated()) return
  await locked(async () => {
    if (!isInstalled()) await install()
    if (!isGenerated()) await generate()
  })
}

prepare().catch((error) => {
  say(error.message)
  process.exitCode = 1
})
