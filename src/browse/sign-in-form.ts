import { type Html, html } from './html.ts'
import { tokenInput, type Viewer } from './layout.ts'
import { SIGN_IN } from './paths.ts'

export const KEY = 'key'

/** Where a key is shown once; what comes back is a session, and the key is in no page. */
export const signInForm = (viewer: Viewer, next: string, error?: string): Html =>
  html`<form method="post" action="${SIGN_IN}" class="sign-in" novalidate>
${tokenInput(viewer)}
<input type="hidden" name="next" value="${next}">
<div class="field${error && ' wrong'}">
<label for="key">API key</label>
<p class="hint" id="key-hint">Of any family: <code>dsk_…</code>, <code>dvs_live_…</code> or <code>itdocs_live_…</code>. It is not kept: the browser gets a session that ends when the key is revoked, and after 12 hours.</p>
${error && html`<p class="error" id="key-error">${error}</p>`}
<input type="password" id="key" name="${KEY}" required autocomplete="off" spellcheck="false" aria-describedby="key-hint${error && ' key-error'}"${error && html` aria-invalid="true" autofocus`}>
</div>
<div class="buttons"><button>Sign in</button></div>
</form>
`
