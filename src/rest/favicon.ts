export const FAVICON_PATH = '/favicon.ico'

/** A hexagon whose corners are joined: a graph of six things. */
export const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<g fill="none" stroke="#2563eb" stroke-width="2.5" stroke-linejoin="round">
<path d="M16 4 26.4 10v12L16 28 5.6 22V10z"/>
<path d="M16 4v24M5.6 10l20.8 12M26.4 10 5.6 22" stroke-width="1.25" opacity=".6"/>
</g>
<circle cx="16" cy="16" r="4" fill="#2563eb"/>
<g fill="#1e3a8a"><circle cx="16" cy="4" r="2.5"/><circle cx="26.4" cy="10" r="2.5"/><circle cx="26.4" cy="22" r="2.5"/><circle cx="16" cy="28" r="2.5"/><circle cx="5.6" cy="22" r="2.5"/><circle cx="5.6" cy="10" r="2.5"/></g>
</svg>
`
