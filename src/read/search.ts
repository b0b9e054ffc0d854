import type { List } from '../core/list/declare.ts'
import type { Table } from '../db/tables.ts'

/** What an index of trigrams can look up: three letters in a row, or fewer where a word begins or ends. */
const LOOKED_UP = /[\p{L}\p{N}]{3}|[^\p{L}\p{N}][\p{L}\p{N}]|[\p{L}\p{N}]{2}[^\p{L}\p{N}]/u

const isLookedUp = (search: string): boolean => search.split(/\s+/).some((word) => LOOKED_UP.test(word))

/** Where a list's rows are looked for: behind the index of its words where that can tell them apart, else in the table. */
export const sourceOf = ({ search: columns }: List, { name, search: view }: Table, search: string): string =>
  view && columns.includes('searchText') && isLookedUp(search) ? view : name
