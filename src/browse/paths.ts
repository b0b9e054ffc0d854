export const INDEX = '/api/'
export const SIGN_IN = '/browse/sign-in'
export const SIGN_OUT = '/browse/sign-out'
export const STYLE_PATH = '/browse/style.css'

const OWN: readonly string[] = [SIGN_IN, SIGN_OUT, STYLE_PATH]

/** Whether a path is one of the pages' own. */
export const isBrowsed = (path: string): boolean => OWN.includes(path)

/** Where to go after signing in: a path of the API and nothing else, however it is written. */
export function returnTo(wanted: string | null | undefined): string {
  const url = wanted ? URL.parse(wanted, 'http://opsgraph') : null
  const isOurs = url?.origin === 'http://opsgraph' && /^\/api(\/|$)/.test(url.pathname)
  return isOurs ? url.pathname + url.search : INDEX
}
