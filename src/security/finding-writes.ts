import { builder } from '../core/builder.ts'
import { FindingCategory, Severity } from './finding-list.ts'
import { Finding } from './findings.ts'
import { dismissFinding, reopenFinding, reportFinding, resolveFinding } from './verbs.ts'

const ReportFindingInput = builder.inputType('ReportFindingInput', {
  fields: (t) => ({
    source: t.string({ required: true, description: 'Which scanner found it: "github-branch-protection".' }),
    repo: t.string({ required: true, description: '"owner/name"; joins the app of that slug.' }),
    title: t.string({ required: true }),
    severity: t.field({ type: Severity, required: true }),
    category: t.field({ type: FindingCategory, required: true }),
    soc2Control: t.string({
      description: 'Unless given: CC7.1 for a vulnerability, CC6.1 for a secret, CC8.1 for branch protection.',
    }),
    url: t.string({ description: 'Where to look at it.' }),
    dueAt: t.field({ type: 'DateTime', description: 'By when it should be resolved.' }),
    fingerprint: t.string({ description: 'Made from source, repo, category and title unless given.' }),
  }),
})

const DismissFindingInput = builder.inputType('DismissFindingInput', {
  fields: (t) => ({ reason: t.string({ required: true, description: 'Why nothing will be done about it.' }) }),
})

builder.mutationFields((t) => ({
  reportFinding: t.field({
    type: Finding,
    description:
      'Records a weakness. One that is known by its fingerprint is seen again; if it was resolved, it is open again.',
    rest: false,
    authScopes: { can: 'findings:write' },
    args: { input: t.arg({ type: ReportFindingInput, required: true }) },
    resolve: (_root, { input }, ctx) => reportFinding(ctx, input),
  }),
  resolveFinding: t.field({
    type: Finding,
    description: 'Marks an open finding as mended. CONFLICT where it is not open.',
    rest: false,
    authScopes: { can: 'findings:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => resolveFinding(ctx, id),
  }),
  dismissFinding: t.field({
    type: Finding,
    description: 'Accepts an open finding as it is, for a reason. CONFLICT where it is not open.',
    rest: false,
    authScopes: { can: 'findings:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: DismissFindingInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => dismissFinding(ctx, id, input),
  }),
  reopenFinding: t.field({
    type: Finding,
    description: 'Opens a resolved or dismissed finding again. CONFLICT where it is open.',
    rest: false,
    authScopes: { can: 'findings:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => reopenFinding(ctx, id),
  }),
}))
