import { FAVICON_PATH } from '../rest/favicon.ts'
import { type Html, html, type Part } from './html.ts'
import { STYLE_ADDRESS } from './page-headers.ts'
import { CHOOSE, EXPLORER, INDEX, SIGN_IN, SIGN_OUT } from './paths.ts'
import { SENT } from './submission.ts'

/** Who is looking: the key by its name or the person by their address, and the token that each of their forms carries. */
export type Caller =
  | {
      kind: 'key' | 'person'
      name: string
      organization: string
      byCookie: boolean
      /** What a person may choose from, where there are several; which one is chosen. */
      choices: readonly { slug: string; name: string }[]
      chosen: string
    }
  | undefined
export type Viewer = { caller: Caller; token: string }

export type Crumb = { text: string; href?: string }

export type Frame = {
  title: string
  crumbs: readonly Crumb[]
  viewer: Viewer
  /** The address of this page, to come back to. */
  address: string
  main: Part
}

export const tokenInput = ({ token }: Viewer): Html => html`<input type="hidden" name="${SENT.token}" value="${token}">`

const signOut = (viewer: Viewer): Html => html`<form method="post" action="${SIGN_OUT}">
${tokenInput(viewer)}<button class="quiet">Sign out</button>
</form>`

export const ORGANIZATION = 'organization'

const chooser = (viewer: Viewer, { choices, chosen }: NonNullable<Caller>, next: string): Html =>
  html`<form method="post" action="${CHOOSE}" class="chooser">
${tokenInput(viewer)}<input type="hidden" name="next" value="${next}">
<label for="chosen-organization" class="visually-hidden">Organization</label>
<select id="chosen-organization" name="${ORGANIZATION}">${choices.map(({ slug, name }) => html`<option value="${slug}"${slug === chosen && html` selected`}>${name}</option>`)}</select>
<button class="quiet">Choose</button>
</form>`

const SIGNED_IN = { key: 'Signed in with the key ', person: 'Signed in as ' } as const

const isSeveral = ({ choices, byCookie }: NonNullable<Caller>) => byCookie && choices.length > 1

function who(viewer: Viewer, address: string): Html {
  const { caller } = viewer
  if (!caller) return html`<a class="button quiet" href="${SIGN_IN}?next=${encodeURIComponent(address)}">Sign in</a>`
  return html`<p class="who"><span class="visually-hidden">${SIGNED_IN[caller.kind]}</span><b><bdi>${caller.name}</bdi></b> <span class="organization"><bdi>${caller.organization}</bdi></span></p>
${isSeveral(caller) && chooser(viewer, caller, address)}
${caller.byCookie && signOut(viewer)}`
}

const crumb = ({ text, href }: Crumb): Html =>
  href ? html`<li><a href="${href}">${text}</a></li>` : html`<li><span aria-current="page">${text}</span></li>`

/** The frame of every page. */
export function page({ title, crumbs, viewer, address, main }: Frame): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Opsgraph API</title>
<link rel="icon" type="image/svg+xml" href="${FAVICON_PATH}">
<link rel="stylesheet" href="${STYLE_ADDRESS}">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="${INDEX}"><img src="${FAVICON_PATH}" alt="" width="24" height="24">Opsgraph API</a>
<nav class="sites" aria-label="Other ways in"><a href="/reference">Reference</a> <a href="${EXPLORER}">GraphiQL</a></nav>
<div class="viewer">${who(viewer, address)}</div>
</header>
<nav class="crumbs" aria-label="Breadcrumb"><ol>
${crumbs.map(crumb)}
</ol></nav>
<main id="main" tabindex="-1">
${main}
</main>
</body>
</html>
`.text
}
