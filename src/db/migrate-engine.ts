import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import pg from 'pg'
import { readSchema } from './migrate-folder.ts'

export const NO_FILTER = { externalTables: [], externalEnums: [] }

type Bindings = typeof import('@prisma/schema-engine-wasm/schema_engine_bg') & {
  __wbg_set_wasm(exports: unknown): void
}
type Adapter = Awaited<ReturnType<PrismaPg['connect']>>

/** The engine never clears the timer of its lock, which would keep a finished process alive for ten seconds. */
function withoutLingering(bindings: Bindings): WebAssembly.ModuleImports {
  const timer = Object.keys(bindings).find((name) => name.startsWith('__wbg_setTimeout_'))
  const start = (callback: () => void, delay: number) => setTimeout(callback, delay).unref()
  return { ...bindings, ...(timer && { [timer]: start }) } as unknown as WebAssembly.ModuleImports
}

/** Instantiated by hand, because importing WebAssembly as a module makes Node print a warning. */
async function load(): Promise<Bindings> {
  const name = '@prisma/schema-engine-wasm/schema_engine_bg'
  const bindings = (await import(name)) as Bindings
  const file = createRequire(import.meta.url)
    .resolve(name)
    .replace(/\.js$/, '.wasm')
  const imports = { './schema_engine_bg.js': withoutLingering(bindings) }
  const { instance } = await WebAssembly.instantiate(await readFile(file), imports)
  bindings.__wbg_set_wasm(instance.exports)
  ;(instance.exports.__wbindgen_start as () => void)()
  return bindings
}

let bindings: Promise<Bindings> | undefined

const INTERNAL_CHAR = 18
const CHARACTER = 1042

/** PostgreSQL 18 lists NOT NULL among the constraints, and the engine panics at a kind it does not know. */
const withoutNotNull = (sql: string): string =>
  sql.replace("contype NOT IN ('p', 'u', 'f')", "contype NOT IN ('p', 'u', 'f', 'n')")

/** The adapter does not know PostgreSQL's internal "char", in which the catalogues answer the engine. */
function readCatalogues(pool: pg.Pool): void {
  const query = pool.query.bind(pool) as (config: unknown) => Promise<pg.QueryResult>
  const translated = async (config: pg.QueryConfig) => {
    const result = await query({ ...config, text: withoutNotNull(config.text) })
    for (const field of result.fields ?? []) if (field.dataTypeID === INTERNAL_CHAR) field.dataTypeID = CHARACTER
    return result
  }
  pool.query = translated as typeof pool.query
}

type Rewrite = (script: string) => string
type Failure = { cause?: { originalMessage?: string } }

/** Connections of one engine: whole scripts, catalogues it can read, and all of them closed in the end. */
class Connections extends PrismaPg {
  readonly #url: string
  readonly #rewrite: Rewrite
  readonly #open: Adapter[] = []
  /** PostgreSQL's own words about the last script that failed; the engine only passes on a paraphrase. */
  failure: string | undefined

  constructor(url: string, rewrite: Rewrite) {
    super({ connectionString: url, application_name: 'opsgraph migration' })
    this.#url = url
    this.#rewrite = rewrite
  }

  override async connect(): Promise<Adapter> {
    const adapter = this.#adapted(await super.connect(), this.#rewrite)
    this.#open.push(adapter)
    return adapter
  }

  /** A database that is dropped again; the base class leaves its own behind. */
  override async connectToShadowDb(): Promise<Adapter> {
    const database = `opsgraph_shadow_${randomUUID().replaceAll('-', '')}`
    await execute(this.#url, `CREATE DATABASE ${database} TEMPLATE template0`)
    const url = new URL(this.#url)
    url.pathname = `/${database}`
    const shadow = this.#adapted(await new PrismaPg(url.href).connect(), (script) => script)
    const end = shadow.dispose.bind(shadow)
    shadow.dispose = async () => {
      await end()
      await execute(this.#url, `DROP DATABASE ${database} WITH (FORCE)`)
    }
    return shadow
  }

  /** The adapter's own way splits scripts at semicolons, which cuts functions apart and loses the one transaction. */
  #adapted(adapter: Adapter, rewrite: Rewrite): Adapter {
    readCatalogues(adapter.underlyingDriver())
    adapter.executeScript = async (script) => {
      try {
        await adapter.executeRaw({ sql: rewrite(script), args: [], argTypes: [] })
      } catch (error) {
        this.failure = (error as Failure).cause?.originalMessage
        throw error
      }
    }
    return adapter
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((adapter) => adapter.dispose()))
  }
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Runs `work` with Prisma's schema engine on that database; `rewrite` sees each script before it is sent. */
export async function withEngine<T>(
  url: string,
  work: (engine: SchemaEngine) => Promise<T>,
  rewrite: Rewrite = (script) => script,
): Promise<T> {
  bindings ??= load()
  const { SchemaEngine } = await bindings
  const datamodels = (await readSchema()).map(({ path, content }): [string, string] => [path, content])
  const connections = new Connections(url, rewrite)
  const adapter = bindMigrationAwareSqlAdapterFactory(connections)
  const engine = await SchemaEngine.new({ datamodels }, () => {}, adapter)
  try {
    return await work(engine)
  } catch (error) {
    const words = connections.failure ?? (error as Error).message.split(/\n\s+0: /)[0]
    throw new Error(words, { cause: error })
  } finally {
    engine.free()
    await connections.close()
  }
}
