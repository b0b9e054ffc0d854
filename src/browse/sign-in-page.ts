import { html } from './html.ts'
import { page, type Viewer } from './layout.ts'
import { INDEX } from './paths.ts'
import { signInForm, type Tried } from './sign-in-form.ts'

export type SignIn = { viewer: Viewer; next: string; tried?: Tried | undefined }

export const signInPage = ({ viewer, next, tried }: SignIn): string =>
  page({
    title: `${tried ? 'Error: ' : ''}Sign in`,
    crumbs: [{ text: 'All resources', href: INDEX }, { text: 'Sign in' }],
    viewer,
    address: next,
    main: html`<h1>Sign in</h1>
<section class="box" aria-label="Ways to sign in">
${signInForm(viewer, next, tried)}
</section>
`,
  })

/** A request that no page of ours has sent, or no longer would. */
export const refusedPage = (viewer: Viewer, title: string, sentence: string): string =>
  page({
    title: `Error: ${title}`,
    crumbs: [{ text: 'All resources', href: INDEX }, { text: title }],
    viewer,
    address: INDEX,
    main: html`<h1>${title}</h1>
<p>${sentence}</p>
<p><a class="button" href="${INDEX}">All resources</a></p>
`,
  })
