const KEY = /^\d+\/[0-9a-f-]{36}$/

/** `<organization>/<uuid>`: the only form that becomes a path. */
export function assertKey(key: string): string {
  if (!KEY.test(key)) throw new Error(`Not a storage key: ${JSON.stringify(key)}.`)
  return key
}
