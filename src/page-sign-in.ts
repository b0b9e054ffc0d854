import type { PersonCredential } from './access/credential.ts'
import { signOut } from './accounts/sessions/end.ts'
import { signInBrowser } from './accounts/sessions/sign-in.ts'
import type { App } from './app.ts'
import { keyContext, publicContext } from './context.ts'
import type { Input } from './core/validate.ts'

type Asked = { requestId: string; address: string }

/** As at any log-in, but for a browser, which holds the session for so many seconds. */
export const signInToPages = (app: App, asked: Asked, given: Input, seconds: number) =>
  signInBrowser(publicContext(app, asked), given, seconds)

/** The session is over, in every process. */
export const signOutOfPages = (app: App, person: PersonCredential, { requestId, address }: Asked) =>
  signOut(keyContext(app, person, { requestId, address, door: 'rest' }))
