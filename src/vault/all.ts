import './schema.ts'
import './grants/schema.ts'
import './generator.ts'
