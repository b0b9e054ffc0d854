import type { DialectName } from '../../core/rest.ts'
import type { Dialect } from '../dialect.ts'
import { baserdb } from './baserdb.ts'
import { clientst0r } from './clientst0r.ts'
import { dashboard } from './dashboard.ts'
import { devsphere } from './devsphere.ts'

export const DIALECTS: Record<DialectName, Dialect> = { dashboard, devsphere, clientst0r, baserdb }

const OWNERS: readonly [RegExp, DialectName][] = [
  [
    /^\/api\/(healthz|v1\/(auth|organizations|users|projects|groups|tables|credentials|backups|audit))(\/|$)/,
    'baserdb',
  ],
  [/^\/api\/v1\/(leads|invoices|clients|opportunities|webhooks)(\/|$)/, 'devsphere'],
  [/^\/api\/v1\/(assets|passwords|vehicles|monitors)(\/|$)/, 'clientst0r'],
  [/^\/api\/v1(\/|$)/, 'dashboard'],
  [/^\/api(\/|$)/, 'clientst0r'],
]

/** Who answers for a path under /api that no route names. */
export const ownerOf = (path: string): DialectName | undefined => OWNERS.find(([prefix]) => prefix.test(path))?.[1]
