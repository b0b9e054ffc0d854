import type { IncomingHttpHeaders } from 'node:http'

const FORM = /^(application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i

/** How much a media type is wanted that the header names itself; wildcards name none. */
function wanted(accept: string, type: string): number {
  const range = accept.split(',').find((each) => each.split(';')[0]!.trim().toLowerCase() === type)
  if (range === undefined) return 0
  const quality = Number(/;\s*q\s*=\s*([\d.]+)/i.exec(range)?.[1] ?? 1)
  return Number.isNaN(quality) ? 0 : quality
}

/** Only who names HTML, and likes it better than JSON, is shown a page: everybody else is a program. */
function prefersPage(accept: string | undefined): boolean {
  if (!accept?.toLowerCase().includes('text/html')) return false
  const page = wanted(accept, 'text/html')
  return page > 0 && page > wanted(accept, 'application/json')
}

export const isForm = (headers: IncomingHttpHeaders): boolean => FORM.test(headers['content-type'] ?? '')

/** As in Django REST framework, `?format=json` is JSON even for a browser. */
const asksForJson = (url: string): boolean => /[?&]format=json(&|$)/.test(url)

/** Whether a request is a browser's, to be answered with a page: it reads one, or it sends a form. */
export function wantsPage(method: string, url: string, headers: IncomingHttpHeaders): boolean {
  if (!prefersPage(headers.accept)) return false
  if (method === 'POST') return isForm(headers)
  return (method === 'GET' || method === 'HEAD') && !asksForJson(url)
}
