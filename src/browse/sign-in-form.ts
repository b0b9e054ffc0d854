import { type Html, html, type Part } from './html.ts'
import { tokenInput, type Viewer } from './layout.ts'
import { SIGN_IN } from './paths.ts'

/** What the two forms send: a key, or what a person signs in by. */
export const KEY = 'key'
export const PERSON = { email: 'email', password: 'password', code: 'code' } as const

/** What was wrong, beside the field where it is put right. Of what was typed, only the address is shown again. */
export type Tried = { field: 'email' | 'code' | 'key'; sentence: string; email?: string | undefined }

type Field = { id: string; label: string; type: string; autocomplete: string; hint?: Part; value?: string | undefined }

function field({ id, label, type, autocomplete, hint, value }: Field, tried: Tried | undefined): Html {
  const wrong = tried?.field === id
  const about = [...(hint ? [`${id}-hint`] : []), ...(wrong ? [`${id}-error`] : [])].join(' ')
  return html`<div class="field${wrong && ' wrong'}">
<label for="${id}">${label}</label>
${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
${wrong && html`<p class="error" id="${id}-error">${tried.sentence}</p>`}
<input type="${type}" id="${id}" name="${id}"${id !== PERSON.code && html` required`} autocomplete="${autocomplete}" spellcheck="false"${value && html` value="${value}"`}${about && html` aria-describedby="${about}"`}${wrong && html` aria-invalid="true" autofocus`}>
</div>`
}

const begin = (viewer: Viewer, next: string, label: string): Html =>
  html`<form method="post" action="${SIGN_IN}" class="sign-in" aria-label="${label}" novalidate>
${tokenInput(viewer)}
<input type="hidden" name="next" value="${next}">`

const CODE_HINT = 'If you have a second factor: what your authenticator shows, or a recovery code.'
const KEY_HINT = html`Of any family: <code>dsk_…</code>, <code>dvs_live_…</code> or <code>itdocs_live_…</code>. It is not kept: the browser gets a session that ends when the key is revoked, and after 12 hours.`

/** Where a key, or a password, is shown once; what comes back is a session, and neither is in any page. */
export const signInForm = (viewer: Viewer, next: string, tried?: Tried): Html =>
  html`${begin(viewer, next, 'Sign in with your account')}
${field({ id: PERSON.email, label: 'Mail address', type: 'email', autocomplete: 'username', value: tried?.email }, tried)}
${field({ id: PERSON.password, label: 'Password', type: 'password', autocomplete: 'current-password' }, tried)}
${field({ id: PERSON.code, label: 'Code', type: 'text', autocomplete: 'one-time-code', hint: CODE_HINT }, tried)}
<div class="buttons"><button>Sign in</button></div>
</form>
<p class="or">or</p>
${begin(viewer, next, 'Sign in with a key')}
${field({ id: KEY, label: 'API key', type: 'password', autocomplete: 'off', hint: KEY_HINT }, tried)}
<div class="buttons"><button>Use this key</button></div>
</form>
`
