#!/usr/bin/env node
// Plain JavaScript without dependencies: it runs before they are installed, on whatever Node the machine has.
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))

const prepared = spawnSync(process.execPath, [path('prepare.mjs')], { stdio: 'inherit' })
if (prepared.status !== 0) process.exit(prepared.status ?? 1)

// Otherwise V8 takes as much as a large machine offers, and gives it back late.
const memory = ['--max-semi-space-size=16', '--max-old-space-size=1024']
const args = [...memory, path('start.mjs'), ...process.argv.slice(2)]
const server = spawn(path('../../node_modules/.bin/node'), args, {
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => server.kill(signal))
server.on('error', (error) => {
  process.stderr.write(`opsgraph: Node 24 from node_modules did not start: ${error.message}\n`)
  process.exitCode = 1
})
server.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0)
})
