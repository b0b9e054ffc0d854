/** What a browser keeps for us. */
const NAMES = { session: 'opsgraph_session', visit: 'opsgraph_visit', done: 'opsgraph_done' } as const

export type CookieName = keyof typeof NAMES

const isSecure = (publicBase: string) => publicBase.startsWith('https:')

/** Over HTTPS the name itself promises that no other host and no plain connection has set it. */
const nameOf = (name: CookieName, publicBase: string): string =>
  isSecure(publicBase) ? `__Host-${NAMES[name]}` : NAMES[name]

export function readCookie(header: string | undefined, name: CookieName, publicBase: string): string | undefined {
  const start = `${nameOf(name, publicBase)}=`
  const found = header?.split(';').find((each) => each.trimStart().startsWith(start))
  return found?.trim().slice(start.length)
}

/** For as long as the browser is open; no script reads it, and no other site's request carries it. */
export function writeCookie(name: CookieName, value: string, publicBase: string): string {
  const parts = [`${nameOf(name, publicBase)}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Strict']
  return [...parts, ...(isSecure(publicBase) ? ['Secure'] : [])].join('; ')
}

export const dropCookie = (name: CookieName, publicBase: string): string =>
  `${writeCookie(name, '', publicBase)}; Max-Age=0`
