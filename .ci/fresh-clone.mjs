import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** README's first command, as a stranger runs it: a clone with nothing in it, `npm start`, the printed requests, and again. */
const home = mkdtempSync(join(tmpdir(), 'opsgraph-clone-'))
const clone = join(home, 'opsgraph')
const PORT = '4555'
const base = `http://127.0.0.1:${PORT}`
const path = process.env.PATH.split(':')
  .filter((entry) => !entry.includes('node_modules'))
  .join(':')
const environment = { ...process.env, PATH: path, PORT }
for (const name of ['DATABASE_URL', 'REDIS_URL', 'OPSGRAPH_DATA', 'OPSGRAPH_CLOCK']) delete environment[name]

const answers = (url) =>
  fetch(url).then(
    (response) => response.status === 200,
    () => false,
  )
const expect = (condition, sentence) => {
  if (!condition) throw new Error(sentence)
}

async function ready(limit) {
  const begun = performance.now()
  while (!(await answers(`${base}/readyz`))) {
    expect(performance.now() - begun < limit, `not ready within ${limit} ms`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return Math.round(performance.now() - begun)
}

async function started(limit, work) {
  const server = spawn('npm', ['start'], { cwd: clone, env: environment, stdio: 'inherit', detached: true })
  const ended = new Promise((resolve) => server.on('exit', resolve))
  try {
    const took = await ready(limit)
    await work()
    return took
  } finally {
    process.kill(-server.pid, 'SIGTERM')
    await ended
  }
}

const demo = () => JSON.parse(readFileSync(join(clone, '.opsgraph/demo.json'), 'utf8'))

async function documented() {
  expect((statSync(join(clone, '.opsgraph/demo.json')).mode & 0o777) === 0o600, 'demo.json is not private')
  const { keys } = demo().organizations[0]
  const token = (family) => keys.find((key) => key.family === family).token
  const get = (route, key) => fetch(base + route, { headers: { authorization: `Bearer ${key}` } })
  const droplets = await (await get('/api/v1/droplets', token('dashboard'))).json()
  expect(droplets.count === 3 && droplets.totalMonthlyEstimate === 144, 'the documented droplets are not there')
  const leads = await (await get('/api/v1/leads?limit=3', token('devsphere'))).json()
  expect(leads.data.length === 3, 'the leads are not there')
}

/** This run has just installed them from nothing, by the same program: once shows that it works. */
function shareModules() {
  try {
    execFileSync('cp', ['-al', 'node_modules', clone], { stdio: 'inherit' })
  } catch {
    rmSync(join(clone, 'node_modules'), { recursive: true, force: true })
  }
}

try {
  execFileSync('git', ['clone', '--quiet', '--no-local', process.cwd(), clone], { stdio: 'inherit' })
  if (process.argv.includes('--installed')) shareModules()
  const first = await started(300_000, documented)
  const second = await started(10_000, documented)
  console.log(`first start ${first} ms, second start ${second} ms`)
  expect(second < 3000, `a second start took ${second} ms; 3000 are allowed`)
} finally {
  rmSync(home, { recursive: true, force: true })
}
