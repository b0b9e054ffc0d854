import { type DocumentNode, type FieldNode, Kind, type OperationDefinitionNode } from 'graphql'
import type { Endpoint } from './endpoint.ts'
import { namedType } from './view.ts'

/** A change whose answer is its row as another route shows it: that route, and the change asked for the row's id alone. */
export type ReadBack = { by: Endpoint; document: DocumentNode }

const ID: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: 'id' } }

function withIdAlone(document: DocumentNode): DocumentNode {
  const [operation] = document.definitions as [OperationDefinitionNode]
  const [field] = operation.selectionSet.selections as [FieldNode]
  const selectionSet = { kind: Kind.SELECTION_SET, selections: [ID] } as const
  const root = { ...operation.selectionSet, selections: [{ ...field, selectionSet }] }
  return { ...document, definitions: [{ ...operation, selectionSet: root }] }
}

/** The route that shows a row of this type by its id, as the change would. */
const shows = (change: Endpoint) => (other: Endpoint) => {
  const { method, dialect, field, route, parameters } = other
  return (
    method === 'GET' &&
    dialect === change.dialect &&
    field.extensions.row !== undefined &&
    namedType(field.type) === namedType(change.field.type) &&
    route.view === change.route.view &&
    parameters.every(({ name }) => name === 'id' || change.parameters.some((own) => own.name === name))
  )
}

/** Nothing is shown, or something that goes on by itself: its answer says how it was left, not what became of it. */
const UNSHOWN = [202, 204]
/** What was deleted is not there any more. */
const UNREAD = ['GET', 'DELETE']

export function readBacksOf(endpoints: readonly Endpoint[]): ReadonlyMap<Endpoint, ReadBack> {
  const shown = endpoints.filter(
    ({ method, status, route }) =>
      !UNREAD.includes(method) && !UNSHOWN.includes(status) && route.view !== undefined && !route.vars,
  )
  return new Map(
    shown.flatMap((change) => {
      const by = endpoints.find(shows(change))
      return by ? [[change, { by, document: withIdAlone(change.document) }] as const] : []
    }),
  )
}
