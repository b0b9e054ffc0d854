export const INDEX = '/api/'
export const SIGN_IN = '/browse/sign-in'
export const SIGN_OUT = '/browse/sign-out'
/** Where somebody who belongs to several organizations says which one. */
export const CHOOSE = '/browse/organization'
export const STYLE_PATH = '/browse/style.css'

const OWN: readonly string[] = [SIGN_IN, SIGN_OUT, CHOOSE, STYLE_PATH]

/** Whether a path is one of the pages' own. */
export const isBrowsed = (path: string): boolean => OWN.includes(path)

export const EXPLORER = '/graphql'

/** Where to go after signing in: a path of the API, or the explorer, and nothing else, however it is written. */
export function returnTo(wanted: string | null | undefined): string {
  const url = wanted ? URL.parse(wanted, 'http://opsgraph') : null
  if (url?.origin !== 'http://opsgraph') return INDEX
  if (url.pathname === EXPLORER) return EXPLORER
  return /^\/api(\/|$)/.test(url.pathname) ? url.pathname + url.search : INDEX
}
