import SchemaBuilder, {
  BasePlugin,
  type PothosOutputFieldConfig,
  type PothosTypeConfig,
  type SchemaTypes,
} from '@pothos/core'
import type { Reading } from './reading.ts'
import type { RestRoute } from './rest.ts'

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      annotations: AnnotationsPlugin<Types>
    }
    export interface FieldOptions<Types, ParentShape, Type, Nullable, Args, ResolveShape, ResolveReturnShape> {
      /** The REST routes that show this field, or `false`: none, on purpose. */
      rest?: RestRoute | RestRoute[] | false
      /** How a field that is neither a column nor a relation is read in SQL. */
      read?: Reading
    }
  }
}

type Annotated = { rest?: RestRoute | RestRoute[] | false; read?: Reading; authScopes?: { can?: string } | unknown }

/** Carries what a room says about a field (its REST routes, its permission) into the schema, for doors, documents and guards. */
export class AnnotationsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onTypeConfig(config: PothosTypeConfig) {
    const { authScopes } = config.pothosOptions as Annotated
    return authScopes === undefined ? config : { ...config, extensions: { ...config.extensions, authScopes } }
  }

  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>) {
    const { rest, read, authScopes } = config.pothosOptions as Annotated
    const permission = (authScopes as { can?: string } | undefined)?.can
    const description = permission
      ? [config.description, `Needs the permission \`${permission}\`.`].filter(Boolean).join('\n\n')
      : config.description
    return {
      ...config,
      ...(description !== undefined && { description }),
      extensions: {
        ...config.extensions,
        ...(rest !== undefined && { rest }),
        ...(read !== undefined && { read }),
        ...(authScopes !== undefined && { authScopes }),
      },
    }
  }
}

SchemaBuilder.registerPlugin('annotations', AnnotationsPlugin as never)
