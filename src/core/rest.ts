export type DialectName = 'dashboard' | 'devsphere' | 'clientst0r' | 'baserdb'
export type RestMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** How one root field of the graph shows itself as one REST route; a field names it in `extensions.rest`. */
export type RestRoute = {
  dialect: DialectName
  /** Method and canonical path, slashes as documented; `:row_id` fills the argument (or body field) `rowId`. */
  route: `${RestMethod} /api/${string}`
  /** Further paths that answer the same. */
  also?: readonly string[]
  /** Selection on the field's type, or on its nodes for a list. Aliases and `@include(if: $x)` are welcome. */
  view?: string
  /** Keys of the view that are left out, rather than null, where they have nothing to show. */
  omitNull?: readonly string[]
  /** Present when the field is a connection. REST parameter → path in `filter`, `{ issued_from: 'issuedOn.gte' }`. */
  list?: {
    params: Record<string, string>
    /** The columns are known only when it is asked: what no parameter declares is a condition of `filter`, a list of them. */
    open?: boolean
    /** Selection on the connection that is shown beside its rows (dashboard): `totalMonthlyEstimate`. */
    totals?: string
    /** The key of the rows (dashboard) where it is not the last segment of the path. */
    name?: string
  }
  /** Argument values that the route fixes. */
  args?: Record<string, unknown>
  /** Variables of the view's directives, `$reveal: Boolean = false`; each is a query parameter. */
  vars?: string
  /** The argument that the JSON body becomes (of a DELETE, the query); without it every remaining argument is a key of the body. */
  body?: string
  /** Keys, as REST spells them, that the body must carry beyond what the input type requires. */
  require?: readonly string[]
  /** 200; 201 for a create, 202 for something queued, 204 for an answer without a body. */
  status?: number
  /** No credential needed. */
  public?: boolean
  /** Takes a file upload: the bytes become `content`, its name and type `name` and `mimeType` where they exist. */
  multipart?: boolean
  /** Answers bytes: the field's type has `name`, `mimeType` and `content`. */
  raw?: boolean
  /** Never cached: always, or when the named variable is true. */
  noStore?: boolean | string
  /** Bodies of refusals that have another shape than the dialect's, by status, for the OpenAPI document. */
  refusals?: Readonly<Record<number, Readonly<Record<string, string>>>>
  /** What a success looks like, for the OpenAPI document. */
  example?: unknown
}

export type RestAnnotation = RestRoute | readonly RestRoute[] | false

/** Whoever sends the one is told in the other what answered: one statement, or the executor. */
export const DEBUG = 'x-debug'
export const SERVED_BY = 'x-served-by'
