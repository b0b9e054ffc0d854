import { notFound } from './errors.ts'

/** A row of another organization and a row that never was are refused in the same words. */
export async function found<T>(what: string, row: PromiseLike<T | null>): Promise<T> {
  const value = await row
  if (value === null) throw notFound(what)
  return value
}
