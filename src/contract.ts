import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { eventCatalogue, eventReference } from './rest/event-documents.ts'
import { createRest } from './rest/rest.ts'
import { schema } from './schema.ts'
import { VERSION } from './version.ts'

const neverExecuted = () => {
  throw new Error('Printing the contract executes nothing.')
}

const json = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`

/** What the server promises, as files: the graph, one OpenAPI document per dialect, and the events. */
export async function contractFiles(): Promise<Map<string, string>> {
  const { documents } = createRest({ schema, execute: neverExecuted, version: VERSION })
  const files = new Map([['schema.graphql', `${printSchema(lexicographicSortSchema(schema))}\n`]])
  for (const [dialect, document] of Object.entries(await documents()))
    files.set(`openapi/${dialect}.json`, json(document))
  files.set('openapi/events.json', json(eventReference(VERSION)))
  files.set('events.json', json(eventCatalogue()))
  return files
}

/** Reprints `schema/`; returns the files written. */
export async function printContract(folder: string): Promise<string[]> {
  const files = await contractFiles()
  for (const [name, text] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return [...files.keys()]
}
