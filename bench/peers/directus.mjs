import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { commandsUrl, settings } from '../data/directus/settings.ts'
import { step } from '../data/directus/step.ts'

const [port, database] = process.argv.slice(2)

Object.assign(process.env, settings(database, port))
for (const folder of [process.env.EXTENSIONS_PATH, process.env.STORAGE_LOCAL_ROOT])
  await mkdir(folder, { recursive: true })
await step([fileURLToPath(new URL('../data/directus/prepare.ts', import.meta.url)), database])

process.argv.splice(2, process.argv.length, 'start')
await import(commandsUrl())
