import {
  type DocumentNode,
  type GraphQLSchema,
  getVariableValues,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from 'graphql'
import type { Context } from '../core/context.ts'
import { AppError } from '../core/errors.ts'
import { Remembered } from '../core/remembered.ts'
import type { Texts } from '../db/bare-query.ts'
import type { Tables } from '../db/tables.ts'
import type { TenantPool } from '../db/tenant.ts'
import { type Compile, compileParts, compileQuery, type Operation, type Plan, sentVariables } from './compile.ts'
import { type Form, GRAPH } from './form.ts'
import { fragmentsOf } from './selection.ts'
import { Uncompilable, valuesFor } from './statement.ts'

/** Undefined where the ordinary executor has to answer. */
type Reads<A> = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
  ctx: Context,
) => Promise<A | undefined>

/** The text of a query's `data`. */
export type Read = Reads<string>

/** The JSON text of a row, or of a page's rows with what is told of the whole list beside them. */
export type Parts = {
  value: string
  shown?: number | undefined
  totalCount?: number | undefined
  /** The cursor behind which the next page begins, where there is one. */
  next?: string | undefined
  about?: Record<string, unknown> | undefined
}
export type ReadParts = Reads<Parts>

/** Characters of all remembered statements together, with the variables that decided on them. */
const REMEMBERED = 20_000_000

type Variables = Record<string, unknown>
type Known = { id: number; operation: Operation; decisive: readonly string[] }
/** A plan, or that there is none; and the variables as it has them, where they are the same for everybody who comes to it. */
type Planned = { plan: Plan | undefined; variables: Variables | undefined }
/** A plan and what is sent with it. */
type Ready = { planned: Planned; plan: Plan; values: unknown[] }

function usesOf(document: DocumentNode): ReadonlyMap<string, number> {
  const uses = new Map<string, number>()
  const count = (name: string) => uses.set(name, (uses.get(name) ?? 0) + 1)
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void count(name.value),
  })
  return uses
}

function knownOf(
  id: number,
  { schema, tables, form }: Sources & Ways<unknown>,
  document: DocumentNode,
  node: OperationDefinitionNode,
): Known {
  const sent = sentVariables(schema, node, usesOf(document))
  const names = node.variableDefinitions?.map(({ variable }) => variable.name.value) ?? []
  return {
    id,
    operation: { schema, tables, node, fragments: fragmentsOf(document), form, sent },
    decisive: names.filter((name) => !sent.has(name)),
  }
}

/** Undefined where the operation cannot be compiled, and where it has to be refused in the executor's own words. */
function attempt(compile: Compile, ...[asked]: Parameters<Compile>): Plan | undefined {
  try {
    return compile(asked)
  } catch (error) {
    if (error instanceof Uncompilable || error instanceof AppError) return undefined
    throw error
  }
}

/** The values of the variables that decide what a statement says. One that is left out is not one that is null. */
function keyOf(
  { id, decisive }: Pick<Known, 'id' | 'decisive'>,
  given: Record<string, unknown>,
  maxPage: number,
): string {
  if (decisive.length === 0) return `${id} ${maxPage}`
  return `${id} ${maxPage} ${JSON.stringify(decisive.map((name) => (Object.hasOwn(given, name) ? [given[name]] : [])))}`
}

/** Whether a value is all that its JSON says: an infinite number or an undefined one reads like a null there. */
const isPlain = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)

/** A number too large for its column, a day that the calendar lacks: refused in the ordinary executor's words. */
const isUnfit = (error: unknown): boolean => /^22...$/.test(String((error as { code?: unknown }).code))
/** A statement that the database does not understand is ours to mend; the executor can still answer. */
const isMisspelt = (error: unknown): boolean => /^42...$/.test(String((error as { code?: unknown }).code))

/** A row that is not there is refused by the ordinary executor. */
function joined({ heads }: Plan, row: Texts): string | undefined {
  let json = ''
  for (let at = 0; at < heads.length; at += 1) {
    const value = row[at]
    if (value === null || value === undefined) return undefined
    json += heads[at]! + value
  }
  return `${json}}`
}

/** In the order of `asParts` in connection.ts; a row is its JSON alone. */
function parts(_plan: Plan, [value, shown, total, next, about]: Texts): Parts | undefined {
  if (typeof value !== 'string') return undefined
  if (shown === undefined) return { value }
  return {
    value,
    shown: shown === null ? undefined : Number(shown),
    totalCount: typeof total === 'string' ? Number(total) : undefined,
    next: next ?? undefined,
    about: typeof about === 'string' ? JSON.parse(about) : undefined,
  }
}

const textsOf = (row: object): Texts => Object.values(row).map((value) => (value === null ? null : String(value)))

/** How documents become statements, and how a statement's row becomes an answer. */
type Ways<A> = { form: Form; compile: Compile; answer(plan: Plan, row: Texts): A | undefined }

export type Sources = {
  schema: GraphQLSchema
  tables: Tables
  pool: TenantPool
  /** Told of a statement that the database did not understand. */
  report: (error: unknown, requestId: string) => void
}

/** Whoever refuses says what is wrong; here a mistake only means that somebody else answers. */
const ONE_IS_ENOUGH = { maxErrors: 1 }

/** Reads whole queries by one statement each, under the caller's scope. */
class Reader<A> {
  readonly #sources: Sources & Ways<A>
  readonly #operations = new WeakMap<OperationDefinitionNode, Known>()
  readonly #plans = new Remembered<Planned>(REMEMBERED)
  #ids = 0

  constructor(sources: Sources & Ways<A>) {
    this.#sources = sources
  }

  #known(document: DocumentNode, operation: OperationDefinitionNode): Known {
    let known = this.#operations.get(operation)
    if (!known) {
      known = knownOf(++this.#ids, this.#sources, document, operation)
      this.#operations.set(operation, known)
    }
    return known
  }

  #coerced({ node }: Operation, given: Variables): Variables | undefined {
    return getVariableValues(this.#sources.schema, node.variableDefinitions ?? [], given, ONE_IS_ENOUGH).coerced
  }

  /** A plan with its variables. */
  #planned({ id, operation, decisive }: Known, given: Variables, maxPage: number) {
    const key = keyOf({ id, decisive }, given, maxPage)
    const before = this.#plans.get(key)
    const isTold = operation.sent.size === 0 && Object.values(given).every(isPlain)
    const variables = (isTold && before?.variables) || this.#coerced(operation, given)
    if (before || !variables) return { planned: before, variables }
    const plan = attempt(this.#sources.compile, { operation, variables, maxPage })
    const planned = { plan, variables: isTold ? variables : undefined }
    this.#plans.set(key, planned, key.length + (plan?.text.length ?? 0))
    return { planned, variables }
  }

  /** Rows as their texts: of a transaction, which sees what it changed, or of the pool. */
  #rows(plan: Plan, values: unknown[], ctx: Context): Promise<readonly Texts[]> {
    const { text, name, askedBefore, planned, brief } = plan
    plan.askedBefore = true
    if (ctx.inTransaction) return ctx.db.$queryRawUnsafe<object[]>(text, ...values).then((rows) => rows.map(textsOf))
    const { organizationId } = ctx
    const asked = { name: askedBefore ? name : '', text, values, planned, brief, organizationId, bare: true } as const
    return this.#sources.pool.texts(asked)
  }

  /** Told where the database did not understand; whatever else it refuses for good is no matter of this reader's. */
  #leaveToOthers(error: unknown, planned: Planned, ctx: Context): undefined {
    if (!isUnfit(error) && !isMisspelt(error)) throw error
    if (isUnfit(error)) return
    planned.plan = undefined
    this.#sources.report(error, ctx.requestId)
  }

  /** Undefined for what is not compiled, not understood or not permitted. */
  #ready(...[document, operation, given, ctx]: Parameters<Reads<A>>): Ready | undefined {
    if (operation.operation !== OperationTypeNode.QUERY) return undefined
    const { planned, variables } = this.#planned(this.#known(document, operation), given, ctx.maxPage)
    if (!planned?.plan?.permits.allow(ctx) || !variables) return undefined
    const { plan } = planned
    const values = valuesFor(plan, { ctx, variables })
    return values && { planned, plan, values }
  }

  async read(...asked: Parameters<Reads<A>>): Promise<A | undefined> {
    const ready = this.#ready(...asked)
    if (!ready) return undefined
    const ctx = asked[3]
    try {
      const [row] = await this.#rows(ready.plan, ready.values, ctx)
      return row && this.#sources.answer(ready.plan, row)
    } catch (error) {
      return this.#leaveToOthers(error, ready.planned, ctx)
    }
  }
}

export function createReader(sources: Sources): Read {
  const reader = new Reader({ ...sources, form: GRAPH, compile: compileQuery, answer: joined })
  return (...asked) => reader.read(...asked)
}

/** For documents of one root field each, whose answers are put together elsewhere. */
export function createPartsReader(sources: Sources, form: Form): ReadParts {
  const reader = new Reader({ ...sources, form, compile: compileParts, answer: parts })
  return (...asked) => reader.read(...asked)
}
