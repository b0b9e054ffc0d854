import { invalid } from './errors.ts'

const LONGEST = 60

/** "Größe XL" is `grosse-xl`; a name without a Latin letter or digit has no such form. */
export function slugOf(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll('ß', 'ss').toLowerCase()
  const slug = plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replaceAll(/^-|-$/g, '')
  if (!slug) throw invalid('slug', 'is needed, because none can be made of this name.')
  return slug
}
