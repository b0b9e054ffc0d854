import { CATALOGUE, type EventEntry } from './catalogue.ts'
import { RESOURCES } from './resources.ts'

const ALL = '*'
const REST = '.*'

/** `lead.created`, or `lead.*` for all events of a resource, or `*` for all there are. */
export const isPattern = (text: string): boolean =>
  text === ALL || CATALOGUE.has(text) || (text.endsWith(REST) && Object.hasOwn(RESOURCES, text.slice(0, -REST.length)))

const matches = (pattern: string, type: string): boolean =>
  pattern === ALL || pattern === type || (pattern.endsWith(REST) && type.startsWith(pattern.slice(0, -1)))

/** Every event that one of the patterns stands for. */
export const matching = (patterns: readonly string[]): EventEntry[] =>
  [...CATALOGUE.values()].filter(({ type }) => patterns.some((pattern) => matches(pattern, type)))
