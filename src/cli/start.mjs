// Plain JavaScript: TypeScript would need the compiler once more, which what is kept here spares every start but the first.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/opsgraph', import.meta.url)))
await import('../main.ts')
