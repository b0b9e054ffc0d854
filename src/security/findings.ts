import { builder } from '../core/builder.ts'
import { listField } from '../core/list/connection.ts'
import { rowField } from '../core/row-field.ts'
import { FindingCategory, FindingState, Findings, Severity } from './finding-list.ts'

export const Finding = builder.prismaObject('Finding', {
  description: 'A weakness found in a repository, mapped to its SOC 2 control.',
  authScopes: { can: 'findings:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    source: t.exposeString('source', { description: 'Which scanner found it: "github-branch-protection".' }),
    repo: t.exposeString('repo', { description: '"owner/name".' }),
    title: t.exposeString('title'),
    severity: t.expose('severity', { type: Severity }),
    state: t.expose('state', { type: FindingState }),
    category: t.expose('category', { type: FindingCategory }),
    soc2Control: t.exposeString('soc2Control', { description: 'CC6.1 access, CC7.1 vulnerabilities, CC8.1 changes.' }),
    firstSeenAt: t.expose('firstSeenAt', { type: 'DateTime' }),
    lastSeenAt: t.expose('lastSeenAt', { type: 'DateTime' }),
    resolvedAt: t.expose('resolvedAt', { type: 'DateTime', nullable: true }),
    dismissalReason: t.exposeString('dismissalReason', { nullable: true, description: 'Why it was dismissed.' }),
    dueAt: t.expose('dueAt', { type: 'DateTime', nullable: true, description: 'By when it should be resolved.' }),
    fingerprint: t.exposeString('fingerprint', {
      description: 'The same weakness seen again carries the same fingerprint.',
    }),
    url: t.exposeString('url', { nullable: true, description: 'Where to look at it.' }),
    appId: t.exposeID('appId', { nullable: true }),
    app: t.relation('app', { nullable: true, description: 'The app whose repository it is.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

builder.queryFields((t) => ({
  findings: listField(t, Findings, {
    description: 'Findings in every state, newest first.',
    rest: false,
    authScopes: { can: 'findings:read' },
  }),
  finding: rowField(t, Finding, 'finding', {
    description: 'One finding. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'findings:read' },
  }),
}))
