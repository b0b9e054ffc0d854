import { enumOf } from '../core/enums.ts'
import { defineList } from '../core/list/declare.ts'
import { FindingCategory as CATEGORIES, Severity as SEVERITIES, FindingState as STATES } from '../db/generated/enums.ts'

export const Severity = enumOf('Severity', SEVERITIES, 'How bad a weakness is, the worst first.')
export const FindingState = enumOf('FindingState', STATES, 'Whether a weakness is still there.')
export const FindingCategory = enumOf('FindingCategory', CATEGORIES, 'What kind of weakness it is.')

export const Findings = defineList({
  model: 'Finding',
  filter: {
    source: 'String',
    repo: 'String',
    title: 'String',
    severity: Severity,
    state: FindingState,
    category: FindingCategory,
    soc2Control: 'String',
    appId: 'ID',
    fingerprint: 'String',
    firstSeenAt: 'DateTime',
    lastSeenAt: 'DateTime',
    resolvedAt: 'DateTime',
    dueAt: 'DateTime',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['title', 'repo', 'source'],
  order: [
    'id',
    'severity',
    'state',
    'category',
    'repo',
    'title',
    'firstSeenAt',
    'lastSeenAt',
    'resolvedAt',
    'dueAt',
    'createdAt',
    'updatedAt',
  ],
  defaultOrder: '-firstSeenAt',
})
